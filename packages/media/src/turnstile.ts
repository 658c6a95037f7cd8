/** Lets `most` callers in at once; the others wait in order. */
export class Turnstile {
  readonly #waiting: (() => void)[] = []
  #most: number
  /** Below zero while more are inside than may be by now. */
  #free: number

  constructor(most: number) {
    this.#most = most
    this.#free = most
  }

  get most(): number {
    return this.#most
  }

  /** Lets more in at once from now on, or fewer as soon as enough have left. */
  set most(most: number) {
    this.#free += most - this.#most
    this.#most = most
    this.#admit()
  }

  /** @throws the signal's reason, when that comes first */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free--
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const giveUp = () => {
      this.#waiting.splice(this.#waiting.indexOf(resolve), 1)
      reject(signal.reason)
    }
    signal.addEventListener("abort", giveUp)
    this.#waiting.push(resolve)
    await promise.finally(() => signal.removeEventListener("abort", giveUp))
  }

  leave(): void {
    this.#free++
    this.#admit()
  }

  #admit(): void {
    while (this.#free > 0) {
      const next = this.#waiting.shift()
      if (!next) return
      this.#free--
      next()
    }
  }
}
