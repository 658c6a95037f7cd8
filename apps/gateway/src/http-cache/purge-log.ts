/** Purges remembered one by one; what began before the oldest of them counts as purged altogether. */
const MOST_KEYS = 10_000

/**
 * Which keys were purged when, so that a response asked for before a purge and complete after it is not kept: it may
 * show what was there before.
 */
export class PurgeLog {
  readonly #last = new Map<string, number>()
  #now = 0
  /** Everything that began before this moment is taken for purged. */
  #floor = 0

  /** A moment between purges. */
  get now(): number {
    return this.#now
  }

  add(keys: readonly string[]): void {
    this.#now++
    for (const key of keys) {
      this.#last.delete(key)
      this.#last.set(key, this.#now)
    }
    for (const [key, moment] of this.#last) {
      if (this.#last.size <= MOST_KEYS) return
      this.#last.delete(key)
      this.#floor = moment
    }
  }

  /** Notes that everything was purged. */
  addAll(): void {
    this.#last.clear()
    this.#floor = ++this.#now
  }

  /** Whether one of the keys was purged after the moment. */
  isPurged(keys: readonly string[], moment: number): boolean {
    return moment < this.#floor || keys.some((key) => (this.#last.get(key) ?? 0) > moment)
  }
}
