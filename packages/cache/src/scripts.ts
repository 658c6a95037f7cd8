import { createHash } from "node:crypto"

/** Lua that Redis runs as one indivisible step. */
export interface Script {
  readonly source: string
  readonly sha: string
}

export const script = (source: string): Script => ({
  source,
  sha: createHash("sha1").update(source).digest("hex"),
})

/** The indivisible steps of reading and writing one cached value: docs/decisions/0002-cache.md has the argument. */
export interface CacheScripts {
  lease: Script
  renew: Script
  fill: Script
  release: Script
  begin: Script
  publish: Script
  abandon: Script
  forget: Script
}

/*
 * Every step works on the same three keys, which share a hash tag:
 *   KEYS[1]  the value, `<version>:<due>:<cost>:<json>`: stored.ts
 *   KEYS[2]  the readers' lease: the token of the one reader who may fill an absent value
 *   KEYS[3]  the writers' marks: a hash of token -> deadline, and the field `floor`: the highest version that was
 *            published while marks were set. They lie in one key so that they can only be lost together.
 * ARGV[1] is always the caller's token. Time is Redis' own, so clocks of processes do not matter.
 */

export const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/** Drops marks whose writer must be dead by now; tells whether others than the caller's are left. */
const OTHERS = `
local function others()
  local left = false
  local marks = redis.call('HGETALL', KEYS[3])
  for i = 1, #marks, 2 do
    if marks[i] ~= 'floor' and marks[i] ~= ARGV[1] then
      if tonumber(marks[i + 1]) > now then left = true else redis.call('HDEL', KEYS[3], marks[i]) end
    end
  end
  return left
end
`

/**
 * After a miss. ARGV[2]: the lease's life in ms. Answers the value if it is there by now, or `granted`, `held`
 * (another reader is filling it) or `marked`: a writer is about to commit, so that what a reader finds in the
 * database may be old by the time it would fill.
 */
const lease = script(`${NOW}${OTHERS}
local value = redis.call('GET', KEYS[1])
if value then return value end
if others() then return 'marked' end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 'granted' end
return 'held'
`)

/**
 * A value that is there and was served is to be renewed. ARGV[2]: the lease's life in ms; ARGV[3]: how many ms
 * before it is due that is allowed. A value is only there while no writer is marked, so marks need no look here.
 */
const renew = script(`${NOW}
local value = redis.call('GET', KEYS[1])
if not value then return 0 end
local due = tonumber(string.match(value, '^%d+:(%d+):') or '0')
if due == 0 or due - ARGV[3] > now then return 0 end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0
`)

/** Puts a value: version, `<cost>:<json>`, life and time until it is due in ms (0: never). */
const PUT = `
local function put(version, payload, life, soft)
  local due = '0'
  if soft ~= '0' then due = string.format('%.0f', now + soft) end
  redis.call('SET', KEYS[1], version .. ':' .. due .. ':' .. payload, 'PX', life)
  return 1
end
`

/**
 * A reader puts what it loaded. ARGV from 2 on: as `put` takes them. The token alone decides: it is given out only
 * while no writer is marked, and whatever changes the value deletes it.
 */
const fill = script(`${NOW}${PUT}
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
return put(ARGV[2], ARGV[3], ARGV[4], ARGV[5])
`)

/** A reader whose load failed lets the next one try. */
const release = script(`
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
`)

/**
 * A writer, right before COMMIT. ARGV[2]: the mark's life in ms, longer than a transaction may take to end. From
 * here on the value is absent and nobody may fill it: a writer that dies after COMMIT leaves nothing old behind.
 */
const begin = script(`${NOW}${OTHERS}
redis.call('DEL', KEYS[1], KEYS[2])
others()
redis.call('HSET', KEYS[3], ARGV[1], now + ARGV[2])
redis.call('PEXPIRE', KEYS[3], ARGV[2])
`)

/**
 * A writer, after COMMIT. ARGV from 2 on: as `put` takes them; ARGV[6]: 1 if it was told before COMMIT that its mark
 * stands. A mark that it only finds now may have been set late, when others had already gone on.
 * A value that is there is raised to a higher version, never lowered. An absent one is put only by a writer whose
 * mark kept everybody out since before its COMMIT, alone, and whom no newer version overtook meanwhile (`floor`);
 * else it stays absent and the next reader fills it. Answers 1 if it put the value, and 2 more if the mark has stood all
 * the time.
 */
const publish = script(`${NOW}${OTHERS}${PUT}
local mark = redis.call('HGET', KEYS[3], ARGV[1])
local mine = ARGV[6] == '1' and mark and tonumber(mark) > now
local version = tonumber(ARGV[2])
local overtaken = tonumber(redis.call('HGET', KEYS[3], 'floor') or '0') > version
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('DEL', KEYS[2])
local alone = not others()
if alone then
  redis.call('DEL', KEYS[3])
elseif not overtaken then
  redis.call('HSET', KEYS[3], 'floor', ARGV[2])
end
local present = redis.call('GET', KEYS[1])
local install
if present then
  install = tonumber(string.match(present, '^%d+')) < version
else
  install = mine and alone and not overtaken
end
local stood = mine and 2 or 0
if not install then return stood end
return stood + put(ARGV[2], ARGV[3], ARGV[4], ARGV[5])
`)

/** A writer, after ROLLBACK. */
const abandon = script(`${NOW}${OTHERS}
redis.call('HDEL', KEYS[3], ARGV[1])
if not others() then redis.call('DEL', KEYS[3]) end
`)

/**
 * A repair: the value goes, and what is about to be put in its place, by readers and by writers. Those who are
 * marked now may publish something older than what the repair is for; the floor keeps them from it.
 */
const forget = script(`
redis.call('DEL', KEYS[1], KEYS[2])
if redis.call('EXISTS', KEYS[3]) == 1 then redis.call('HSET', KEYS[3], 'floor', '9007199254740991') end
`)

export const CACHE_SCRIPTS: CacheScripts = {
  lease,
  renew,
  fill,
  release,
  begin,
  publish,
  abandon,
  forget,
}
