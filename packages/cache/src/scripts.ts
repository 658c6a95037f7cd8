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
 *
 * The readers' steps `lease`, `fill` and `release` are taken for many values at once: KEYS are the values alone, as
 * they are what takes time to write and to read; the names of leases and marks follow from them. It is one step for each
 * value, and all of them at one moment.
 */
const NAMES = `
local function named(suffix)
  local names = {}
  for i = 1, #KEYS do names[i] = KEYS[i] .. suffix end
  return names
end
`

export const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/** Drops marks whose writer must be dead by now; tells whether others than the caller's are left. */
const OTHERS = `
local function others(key)
  local left = false
  local marks = redis.call('HGETALL', key)
  for i = 1, #marks, 2 do
    if marks[i] ~= 'floor' and marks[i] ~= ARGV[1] then
      if tonumber(marks[i + 1]) > now then left = true else redis.call('HDEL', key, marks[i]) end
    end
  end
  return left
end
`

/**
 * After a miss. ARGV[2]: the leases' life in ms. Answers for each the value if it is there by now, or `granted`, `held`
 * (another reader is filling it) or `marked`: a writer is about to commit, so that what a reader finds in the
 * database may be old by the time it would fill.
 */
const lease = script(`${NOW}${OTHERS}${NAMES}
local leases, marks = named(':l'), named(':w')
local answers = redis.call('MGET', unpack(KEYS))
local marked = redis.call('EXISTS', unpack(marks)) > 0
for i = 1, #KEYS do
  if not answers[i] then
    if marked and others(marks[i]) then answers[i] = 'marked'
    elseif redis.call('SET', leases[i], ARGV[1], 'NX', 'PX', ARGV[2]) then answers[i] = 'granted'
    else answers[i] = 'held' end
  end
end
return answers
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
local function put(key, version, payload, life, soft)
  local due = '0'
  if soft ~= '0' then due = string.format('%.0f', now + soft) end
  redis.call('SET', key, version .. ':' .. due .. ':' .. payload, 'PX', life)
  return 1
end
`

/**
 * A reader puts what it loaded. ARGV from 2 on: as `put` takes them, four for each value. Answers 1 for each that it
 * put, else 0. The token alone decides, for each by itself: it is given out only while no writer is marked, and whatever
 * changes the value deletes it.
 */
const fill = script(`${NOW}${PUT}${NAMES}
local leases = named(':l')
local holders = redis.call('MGET', unpack(leases))
local answers, mine = {}, {}
for i = 1, #KEYS do
  answers[i] = 0
  if holders[i] == ARGV[1] then
    answers[i] = 1
    mine[#mine + 1] = leases[i]
  end
end
if #mine > 0 then redis.call('DEL', unpack(mine)) end
for i = 1, #KEYS do
  if answers[i] == 1 then put(KEYS[i], unpack(ARGV, 4 * i - 2, 4 * i + 1)) end
end
return answers
`)

/** A reader whose load failed lets the next one try. */
const release = script(`${NAMES}
local leases = named(':l')
local holders = redis.call('MGET', unpack(leases))
for i = 1, #KEYS do
  if holders[i] == ARGV[1] then redis.call('DEL', leases[i]) end
end
`)

/**
 * A writer, right before COMMIT. ARGV[2]: the mark's life in ms, longer than a transaction may take to end. From
 * here on the value is absent and nobody may fill it: a writer that dies after COMMIT leaves nothing old behind.
 */
const begin = script(`${NOW}${OTHERS}
redis.call('DEL', KEYS[1], KEYS[2])
others(KEYS[3])
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
local alone = not others(KEYS[3])
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
return stood + put(KEYS[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5])
`)

/** A writer, after ROLLBACK. */
const abandon = script(`${NOW}${OTHERS}
redis.call('HDEL', KEYS[3], ARGV[1])
if not others(KEYS[3]) then redis.call('DEL', KEYS[3]) end
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
