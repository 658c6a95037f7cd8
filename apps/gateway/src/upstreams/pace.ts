const MEMORY_MS = 1_000
/** What a single answer weighs at least, however quickly they follow each other. */
const LEAST_WEIGHT = 0.02

/** How long a replica takes to begin an answer, on average over about the last second of which something is known. */
export class Pace {
  /** Milliseconds; 0 as long as nothing is known. */
  value = 0
  /** When it was last asked anything; of `performance.now`, as all times here. */
  askedAt = Number.NEGATIVE_INFINITY
  #notedAt = Number.NEGATIVE_INFINITY

  note(ms: number, now: number): void {
    const weight = Math.max(LEAST_WEIGHT, 1 - Math.exp((this.#notedAt - now) / MEMORY_MS))
    this.value += weight * (ms - this.value)
    this.#notedAt = now
  }

  /** Notes an answer that was not waited for any longer. */
  noteUnanswered(ms: number, now: number): void {
    if (ms > this.value) this.note(ms, now)
  }
}
