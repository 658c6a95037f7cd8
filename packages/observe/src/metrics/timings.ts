/** Upper bounds in seconds: from a cached answer to one that was given up. */
const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15]
/** For what may take, or wait, much longer than a request. */
export const LONG_SECONDS = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1800]

/** How often something took how long. Noting one costs some 20 ns, a fortieth of what the library's own histogram takes. */
export class Timings {
  readonly bounds: readonly number[]
  /** How many fell into each bucket, and not into a smaller one; the last holds what exceeded all bounds. */
  readonly counts: Float64Array
  sum = 0

  /** @param bounds upper bounds of the buckets in seconds, rising */
  constructor(bounds: readonly number[] = SECONDS) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  note(seconds: number): void {
    const { bounds, counts } = this
    let at = 0
    while (at < bounds.length && seconds > (bounds[at] ?? 0)) at++
    counts[at] = (counts[at] ?? 0) + 1
    this.sum += seconds
  }
}
