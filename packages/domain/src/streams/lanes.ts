/** Works that wait; beyond them a process has fallen behind. */
const MOST_WAITING = 5_000
const LANES = 16

/** Does what concerns one thing in order, and what concerns several side by side, with a bound on both. */
export class Lanes {
  readonly #ends: Promise<void>[] = Array.from({ length: LANES }, () => Promise.resolve())
  #waiting = 0

  /** @returns false when too much waits: then it is not done */
  add(id: string, work: () => Promise<void>): boolean {
    if (this.#waiting >= MOST_WAITING) return false
    const lane = Number(BigInt(id) % BigInt(LANES))
    this.#waiting++
    const end = (this.#ends[lane] ?? Promise.resolve()).then(work).finally(() => this.#waiting--)
    this.#ends[lane] = end.catch(() => undefined)
    return true
  }

  async idle(): Promise<void> {
    await Promise.all(this.#ends)
  }
}
