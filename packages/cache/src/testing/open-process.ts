import { createLogger } from "@tintype/observe"
import { type CacheOptions, type CacheParts, createCache } from "../cache.ts"
import { type CacheRedisOptions, openCacheRedis } from "../cache-redis.ts"

const log = createLogger("test", "silent")

type Options = Partial<CacheOptions> & Omit<CacheRedisOptions, "log">

/** A process's own connection and cache, with its round trips: the number of commands of each. */
export function openProcess(options: Options, parts: CacheParts = {}) {
  const roundTrips: number[] = []
  const onRoundTrip = (commands: number) => roundTrips.push(commands)
  // A busy test machine is slow at times; where slowness matters the test says so.
  const redis = openCacheRedis({ timeoutMs: 2000, onRoundTrip, ...options, log })
  const cache = createCache(redis, { ...options, log }, parts)
  return {
    cache,
    redis,
    roundTrips,
    async [Symbol.asyncDispose]() {
      await cache[Symbol.asyncDispose]()
      await redis.close()
    },
  }
}
