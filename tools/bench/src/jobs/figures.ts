/** `p50 1.23, p95 4.56, p99 7.89`, in milliseconds. */
export function percentiles(ms: readonly number[]): string {
  const sorted = ms.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(2)
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}`
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** How often a second `clients` callers at once get `work` done, over `ms`. */
export async function rateOf(clients: number, ms: number, work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  let done = 0
  const call = async () => {
    while (performance.now() - begin < ms) {
      await work()
      done++
    }
  }
  await Promise.all(Array.from({ length: clients }, call))
  return (done / (performance.now() - begin)) * 1000
}
