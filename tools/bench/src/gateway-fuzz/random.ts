/** Numbers that a seed repeats (xorshift32: Marsaglia, 2003): good enough to choose mutations by. */
export class Random {
  #state: number

  constructor(seed: number) {
    // Its state must not be nought.
    this.#state = seed | 0 || 1
  }

  /** From 0 to `below`, without it. */
  integer(below: number): number {
    let x = this.#state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x
    return Math.floor(((x >>> 0) / 2 ** 32) * below)
  }

  /** @throws when there is nothing to choose from */
  pick<T>(of: readonly T[]): T {
    const found = of[this.integer(of.length)]
    if (found === undefined) throw new Error("nothing to choose from")
    return found
  }
}
