import type { ResponseStore } from "./response-store.ts"
import type { StoredResponse } from "./stored-response.ts"
import { sameVariant } from "./vary.ts"

/** A client that varies its headers at will must not fill the store with one page. */
const MOST_VARIANTS = 32

/** Responses in memory, counted in bytes; those not used for the longest time go first. */
export class MemoryStore implements ResponseStore {
  readonly #maxBytes: number
  readonly #byKey = new Map<string, StoredResponse[]>()
  readonly #bySurrogate = new Map<string, Set<StoredResponse>>()
  /** In the order of their last use. */
  readonly #used = new Set<StoredResponse>()
  #bytes = 0
  evicted = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get count(): number {
    return this.#used.size
  }

  find(key: string): readonly StoredResponse[] {
    return this.#byKey.get(key) ?? []
  }

  touch(response: StoredResponse): void {
    if (this.#used.delete(response)) this.#used.add(response)
  }

  put(response: StoredResponse): void {
    const variants = this.find(response.key)
    const earlier = variants.find((each) => sameVariant(each.variant, response.variant))
    if (earlier) this.delete(earlier)
    if (response.size > this.#maxBytes) return
    const oldest = this.find(response.key)[MOST_VARIANTS - 1]
    if (oldest) this.delete(oldest)
    this.#add(response)
    for (const unused of this.#used) {
      if (this.#bytes <= this.#maxBytes) return
      this.delete(unused)
      this.evicted++
    }
  }

  delete(response: StoredResponse): void {
    if (!this.#used.delete(response)) return
    this.#bytes -= response.size
    const variants = this.find(response.key).filter((each) => each !== response)
    if (variants.length > 0) this.#byKey.set(response.key, variants)
    else this.#byKey.delete(response.key)
    for (const key of response.surrogateKeys) {
      const named = this.#bySurrogate.get(key)
      named?.delete(response)
      if (named?.size === 0) this.#bySurrogate.delete(key)
    }
  }

  deleteKey(key: string): void {
    for (const each of this.find(key)) this.delete(each)
  }

  named(surrogateKey: string): readonly StoredResponse[] {
    return [...(this.#bySurrogate.get(surrogateKey) ?? [])]
  }

  clear(): void {
    this.#byKey.clear()
    this.#bySurrogate.clear()
    this.#used.clear()
    this.#bytes = 0
  }

  #add(response: StoredResponse): void {
    this.#used.add(response)
    this.#bytes += response.size
    this.#byKey.set(response.key, [response, ...this.find(response.key)])
    for (const key of response.surrogateKeys) {
      const named = this.#bySurrogate.get(key)
      if (named) named.add(response)
      else this.#bySurrogate.set(key, new Set([response]))
    }
  }
}
