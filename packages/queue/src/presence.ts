import { randomUUID } from "node:crypto"
import type { Redis } from "ioredis"
import { QueueAway } from "./errors.ts"
import { type QueueKeys, readiness } from "./redis.ts"
import { within } from "./within.ts"

const PRESENT_MS = 5_000
const ANSWER_MS = 500

/** Redis's own clock: those of the processes may differ. */
const NOW = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"

const BEAT = `${NOW}
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`

const COUNT = `${NOW} return redis.call('ZCOUNT', KEYS[1], now - ARGV[1], '+inf')`

/** Tells that this process takes jobs, for the next five seconds. */
export function createPresence(redis: Redis, keys: QueueKeys) {
  const id = randomUUID()
  return {
    beat: async () => void (await within(ANSWER_MS, redis.eval(BEAT, 1, keys.workers, id, PRESENT_MS))),
    leave: async () => void (await within(ANSWER_MS, redis.zrem(keys.workers, id))),
  }
}

/** Counts the processes that take jobs. Its result throws QueueAway within a second. */
export function createCensus(redis: Redis, keys: QueueKeys): () => Promise<number> {
  const isReady = readiness(redis, ANSWER_MS)
  return async () => {
    if (!(await isReady())) throw new QueueAway("the queue's Redis is away")
    return Number(await within(ANSWER_MS, redis.eval(COUNT, 1, keys.workers, PRESENT_MS)))
  }
}
