import type { CacheRedis } from "../cache-redis.ts"
import { CacheUnavailable } from "../same-tick.ts"
import { bucketName, giveBackGo, type Limit, readTaken, takeGo } from "./bucket-scripts.ts"
import { createLocalBuckets } from "./local-buckets.ts"

/**
 * Bounds how often something may be done, over all processes. While Redis is away each process counts for itself;
 * nothing is refused because of it. Redis may evict a bucket, which then counts as full.
 */
export interface Limiter {
  /**
   * Takes a go out of each bucket, or out of none if one is empty.
   *
   * @returns 0, or in how many ms there is one again
   */
  take(limits: readonly Limit[]): Promise<number>
  /** Puts back what was taken. */
  giveBack(limits: readonly Limit[]): Promise<void>
  /** Notes a fact for some time. */
  note(key: string, ms: number): Promise<void>
  /** Whether it was noted; false while Redis is away. */
  isNoted(key: string): Promise<boolean>
}

/** Buckets that a process keeps by itself while Redis is away. */
const MOST_LOCAL = 10_000

async function or<T>(work: Promise<T>, whileAway: () => T): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof CacheUnavailable) return whileAway()
    throw error
  }
}

export function createLimiter(redis: CacheRedis, { prefix = "" }: { prefix?: string } = {}): Limiter {
  const local = createLocalBuckets(MOST_LOCAL)
  const nameOf = (key: string) => bucketName(prefix, key)
  const noteOf = (key: string) => `${prefix}{note:${key}}`

  const takeOne = (limit: Limit) =>
    or(
      redis
        .run(takeGo, [nameOf(limit.key)], limit.everyMs, limit.burst, 0, 1)
        .then((reply) => readTaken(reply).waitMs),
      () => local.take(limit),
    )
  const giveBackOne = (limit: Limit) =>
    or<unknown>(redis.run(giveBackGo, [nameOf(limit.key)], limit.everyMs), () => local.giveBack(limit))

  return {
    async take(limits) {
      const waits = await Promise.all(limits.map(takeOne))
      const wait = Math.max(0, ...waits)
      if (wait > 0) await Promise.all(limits.filter((_, index) => waits[index] === 0).map(giveBackOne))
      return wait
    },
    async giveBack(limits) {
      await Promise.all(limits.map(giveBackOne))
    },
    async note(key, ms) {
      await or<unknown>(redis.send("set", noteOf(key), "1", "PX", ms), () => undefined)
    },
    isNoted: (key) =>
      or(
        redis.send("exists", noteOf(key)).then((reply) => reply === 1),
        () => false,
      ),
  }
}
