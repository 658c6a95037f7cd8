import type { Redis } from "ioredis"
import type { Job } from "./define-job.ts"
import type { QueueKeys } from "./redis.ts"
import { within } from "./within.ts"

const ANSWER_MS = 500

/**
 * Gives every job that asks a moment of its own, each one interval after the one before, and remembers it until the job
 * comes back then: so a job asks twice, however long the line is. Times are Redis's, in milliseconds.
 */
const TAKE = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local mine = tonumber(redis.call('GET', KEYS[2]))
if not mine then
  mine = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
  redis.call('SET', KEYS[1], tostring(mine + tonumber(ARGV[1])), 'PX', math.ceil(mine - now + ARGV[1]))
  if mine > now then redis.call('SET', KEYS[2], tostring(mine), 'PX', math.ceil(mine - now + 60000)) end
end
if mine > now then return math.ceil(mine - now) end
redis.call('DEL', KEYS[2])
return 0`

/** How many milliseconds a job has to wait for its turn, 0 when it may begin. Throws when Redis does not answer. */
export type RateGate = (job: Job, jobId: string) => Promise<number>

/** Holds the rates that jobs declare, over all processes. */
export function createRateGate(redis: Redis, keys: QueueKeys): RateGate {
  return async ({ name, rate }, jobId) => {
    if (!rate) return 0
    const take = redis.eval(TAKE, 2, keys.rate(name), keys.turn(jobId), rate.perMs / rate.most)
    return Number(await within(ANSWER_MS, take))
  }
}
