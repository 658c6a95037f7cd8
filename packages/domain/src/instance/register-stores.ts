import type { Metrics } from "@tintype/observe"
import type { Context } from "../context.ts"
import { checkCache, checkDatabase, checkQueue } from "./check-stores.ts"

/** Shorter than a scrape waits for a figure. */
const PROBE_MS = 1_500

const PROBES = { database: checkDatabase, queue: checkQueue, cache: checkCache }

/** Seconds until the store answered; undefined if it did not. */
async function probe(check: (ctx: Context) => Promise<void>, ctx: Context): Promise<number | undefined> {
  const began = performance.now()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error("late")), PROBE_MS)
  try {
    await Promise.race([check(ctx), late.promise])
    return (performance.now() - began) / 1000
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** How the stores answer this process, asked at each scrape over its own connections, and what its cache did. */
export function registerStores(metrics: Metrics, ctx: Context): void {
  metrics.gauge(
    "tintype_store_answer_seconds",
    "One round trip to a store, the wait for a connection included; missing where it did not answer.",
    async () => {
      const probed = Object.entries(PROBES).map(
        async ([store, check]) => [store, await probe(check, ctx)] as const,
      )
      return (await Promise.all(probed)).flatMap(([store, seconds]) =>
        seconds === undefined ? [] : [[{ store }, seconds] as const],
      )
    },
  )
  metrics.counter("tintype_cache_events_total", "What the entity cache did.", () =>
    Object.entries(ctx.cache.counters).map(([event, times]) => [{ event }, Number(times)] as const),
  )
  metrics.gauge("tintype_cache_in_use", "Whether the cache's Redis is there and believed.", () =>
    Number(ctx.cache.inUse),
  )
  metrics.gauge(
    "tintype_cache_first_level_bytes",
    "What this process answers without Redis, estimated.",
    () => ctx.cache.firstLevelBytes,
  )
}
