const STEP = 0.05
const TAIL = 0.95
const LEAST_MS = 1
const MOST_MS = 2_000

/**
 * Follows the 95th percentile of times without keeping any: each slower one raises the estimate a little, each
 * quicker one lowers it by a nineteenth of that, so that it comes to rest where one in twenty is slower
 * (after Ma, Muthukrishnan and Sandler, "Frugal Streaming for Estimating Quantiles", 2013).
 */
export class TailLatency {
  /** Milliseconds. */
  value = 50

  note(ms: number): void {
    const factor = ms > this.value ? 1 + STEP * TAIL : 1 - STEP * (1 - TAIL)
    this.value = Math.min(MOST_MS, Math.max(LEAST_MS, this.value * factor))
  }
}
