import { NOW, script } from "../scripts.ts"

/*
 * A bucket is the time at which it will be full again, in ms since 1970 by Redis' clock, and ends then (GCRA, known
 * from ATM Forum Traffic Management 4.0). KEYS[1] is it; ARGV[1]: in how many ms one more go falls into it.
 */

/**
 * ARGV[2]: how many goes it holds; ARGV[3]: goes that were taken elsewhere and are owed, which count in any case;
 * ARGV[4]: 1 to take another one if there is one. Answers 0, or in how many ms there is one; and in how many ms the
 * bucket is full.
 */
export const takeGo = script(`${NOW}
local every = tonumber(ARGV[1])
local owed = tonumber(ARGV[3])
local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0')) + every * owed
local wait = 0
if ARGV[4] == '1' then
  wait = math.max(0, full + every - every * ARGV[2] - now)
  if wait == 0 then full = full + every end
end
if full > now and (wait == 0 or owed > 0) then
  redis.call('SET', KEYS[1], string.format('%d', full), 'PX', full - now)
end
return { wait, full - now }
`)

export const giveBackGo = script(`${NOW}
local full = tonumber(redis.call('GET', KEYS[1]) or '0') - ARGV[1]
if full <= now then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], string.format('%d', full), 'PX', full - now)
`)

/** A bucket of `burst` goes, into which one more falls each `everyMs`. Buckets with other keys are other buckets. */
export interface Limit {
  key: string
  burst: number
  everyMs: number
}

/** Where a bucket lies in Redis. */
export const bucketName = (prefix: string, key: string) => `${prefix}{limit:${key}}`

/** Reads what `takeGo` answers. */
export function readTaken(reply: unknown): { waitMs: number; fullInMs: number } {
  const [wait, full] = Array.isArray(reply) ? reply : []
  return { waitMs: Number(wait ?? 0), fullInMs: Number(full ?? 0) }
}
