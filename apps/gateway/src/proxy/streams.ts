const MOST = 10_000

/** Answers without an end, event streams and WebSockets: counted, and closed when the gateway drains. */
export class Streams {
  readonly #open = new Set<() => void>()
  #draining = false

  get count(): number {
    return this.#open.size
  }

  /** Whether one more may be opened. */
  get hasRoom(): boolean {
    return !this.#draining && this.#open.size < MOST
  }

  /**
   * Notes a stream.
   *
   * @param close ends it; called at most once, when the gateway drains
   * @returns to be called when it is over
   */
  add(close: () => void): () => void {
    this.#open.add(close)
    if (this.#draining) this.#closeLater(close, 0)
    return () => {
      this.#open.delete(close)
    }
  }

  /** Closes them one after another within `ms` milliseconds, so that their clients do not all come back at once. */
  drain(ms: number): void {
    this.#draining = true
    for (const close of this.#open) this.#closeLater(close, Math.random() * ms)
  }

  #closeLater(close: () => void, ms: number): void {
    setTimeout(() => {
      if (this.#open.delete(close)) close()
    }, ms)
  }
}
