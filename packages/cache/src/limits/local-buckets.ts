import type { Limit } from "./bucket-scripts.ts"

/** The buckets of one process; as `Limiter` says of those in Redis. */
export interface LocalBuckets {
  /** @returns 0, or in how many ms there is a go again */
  take(bucket: Limit): number
  giveBack(bucket: Limit): void
  /** In how many ms it will be full. */
  fullIn(key: string): number
  /** Corrects when it will be full. */
  correct(key: string, fullInMs: number): void
}

/** @param most buckets that are kept; those that were begun first are dropped */
export function createLocalBuckets(most: number, now: () => number = Date.now): LocalBuckets {
  /** When each will be full again. */
  const fullAt = new Map<string, number>()
  const keep = (key: string, full: number) => {
    fullAt.delete(key)
    if (full <= now()) return
    fullAt.set(key, full)
    const [first] = fullAt.keys()
    if (fullAt.size > most && first !== undefined) fullAt.delete(first)
  }
  return {
    take({ key, burst, everyMs }) {
      const full = Math.max(now(), fullAt.get(key) ?? 0) + everyMs
      const wait = full - everyMs * burst - now()
      if (wait > 0) return wait
      keep(key, full)
      return 0
    },
    giveBack: ({ key, everyMs }) => keep(key, (fullAt.get(key) ?? 0) - everyMs),
    fullIn: (key) => Math.max(0, (fullAt.get(key) ?? 0) - now()),
    correct: (key, fullInMs) => keep(key, now() + fullInMs),
  }
}
