export interface BudgetSize {
  /** Extra requests earned by each request. */
  share: number
  /** Extra requests a second that are always there, so that a quiet gateway has some too. */
  perSecond: number
  /** The most that can be saved up. */
  most: number
}

/**
 * Bounds what the gateway sends more than once to a share of what it sends: repeats help against one bad replica,
 * and against a tier that is overloaded they would be the rest of its load.
 */
export class Budget {
  readonly #size: BudgetSize
  #left: number
  #at = performance.now()

  constructor(size: BudgetSize) {
    this.#size = size
    this.#left = size.most / 4
  }

  /** Counts a request. */
  earn(): void {
    this.#left = Math.min(this.#size.most, this.#left + this.#size.share)
  }

  /** Whether one more may be sent; counts it if so. */
  take(now = performance.now()): boolean {
    const grown = ((now - this.#at) / 1000) * this.#size.perSecond
    this.#left = Math.min(this.#size.most, this.#left + grown)
    this.#at = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
