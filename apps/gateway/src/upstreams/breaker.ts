/** Failures in a row after which a replica is passed over. */
const TRIPS_AFTER = 5
const FIRST_MS = 1_000
const LONGEST_MS = 30_000

/**
 * Passes over a replica that fails one request after another, for a time that doubles with each relapse. After it
 * the replica is on trial, with one request at a time: an answer closes the breaker, a failure opens it again.
 * Times are milliseconds of `performance.now`.
 */
export class Breaker {
  #failures = 0
  #relapses = 0
  #onTrial = false
  #openUntil = 0

  isOpen(now: number): boolean {
    return now < this.#openUntil
  }

  /** @param waiting requests that the replica has not answered yet */
  admits(now: number, waiting: number): boolean {
    return this.#openUntil === 0 || (now >= this.#openUntil && (!this.#onTrial || waiting === 0))
  }

  succeeded(now: number): void {
    this.#failures = 0
    if (this.#openUntil === 0 || now < this.#openUntil) return
    this.#onTrial = false
    // Forgotten after it has gone well for as long as the last pause took.
    if (now >= this.#openUntil + this.#pause()) this.reset()
  }

  /** @returns whether the replica has failed so often that it should be passed over */
  failed(now: number): boolean {
    this.#failures++
    if (this.isOpen(now)) return false
    return this.#onTrial || this.#failures >= TRIPS_AFTER
  }

  trip(now: number): void {
    this.#relapses++
    this.#failures = 0
    this.#onTrial = true
    this.#openUntil = now + this.#pause()
  }

  reset(): void {
    this.#failures = 0
    this.#relapses = 0
    this.#onTrial = false
    this.#openUntil = 0
  }

  #pause(): number {
    return Math.min(FIRST_MS * 2 ** (this.#relapses - 1), LONGEST_MS)
  }
}
