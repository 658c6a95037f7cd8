import type { StreamMessage } from "./stream-message.ts"

const MOST = 1_000

/** What was told shortly before: a job that ran twice tells twice. */
export class Recent {
  readonly #keys = new Set<string>()

  /** Of a post, that it is there and that it is gone can be true once. */
  isNew(message: StreamMessage): boolean {
    if (message.kind !== "published" && message.kind !== "deleted") return true
    const key = `${message.kind} ${message.id}`
    if (this.#keys.has(key)) return false
    this.#keys.add(key)
    if (this.#keys.size > MOST) for (const oldest of this.#keys.keys()) return this.#keys.delete(oldest)
    return true
  }
}
