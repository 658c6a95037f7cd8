import { Unavailable } from "../errors.ts"

/** Lets a few callers in at once and a bounded number wait; who comes after that is sent away. */
export class Gate {
  readonly #most: number
  readonly #mostWaiting: number
  readonly #waiting: (() => void)[] = []
  #inside = 0

  constructor(most: number, mostWaiting: number) {
    this.#most = most
    this.#mostWaiting = mostWaiting
  }

  /** @throws Unavailable when too many wait already */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside < this.#most) this.#inside++
    else await this.#queue()
    try {
      return await work()
    } finally {
      // The place is handed on, so that nobody slips in before those who wait.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#inside--
    }
  }

  #queue(): Promise<void> {
    if (this.#waiting.length >= this.#mostWaiting) throw new Unavailable()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
