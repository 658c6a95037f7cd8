const TICK_MS = 10
/** How late a tick may come before this process itself counts as the one that is slow. */
const OWN_LAG_MS = 20

/**
 * Tells when something takes longer than it should: one timer for all of it, as nearly everything is over before its
 * time and a timer of its own would be a tenth of what a request costs. Late by up to 10 ms.
 */
export class Patience<T> {
  readonly #dueAt = new Map<T, number>()
  readonly #onOver: (each: T, isOurs: boolean) => void
  #timer: NodeJS.Timeout | undefined
  #lookedAt = 0

  /** @param onOver `isOurs` when this process may itself be why it takes so long */
  constructor(onOver: (each: T, isOurs: boolean) => void) {
    this.#onOver = onOver
  }

  /** @param dueAt milliseconds of `performance.now`; those that begin later are expected to be due later */
  begin(each: T, dueAt: number): void {
    this.#dueAt.set(each, dueAt)
    if (this.#timer) return
    this.#lookedAt = performance.now()
    this.#timer = setInterval(() => this.#look(), TICK_MS).unref()
  }

  end(each: T): void {
    this.#dueAt.delete(each)
  }

  #look(): void {
    const now = performance.now()
    const isOurs = now - this.#lookedAt > TICK_MS + OWN_LAG_MS
    this.#lookedAt = now
    for (const [each, dueAt] of this.#dueAt) {
      if (dueAt > now) return
      this.#dueAt.delete(each)
      this.#onOver(each, isOurs)
    }
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
