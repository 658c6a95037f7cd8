import { randomUUID } from "node:crypto"
import type { CacheRedis } from "./cache-redis.ts"
import { CacheUnavailable } from "./same-tick.ts"
import { script } from "./scripts.ts"

/** A list that was built once and is kept up by pushes: the newest entries first, each once. */
export interface WarmList {
  /** What it was built for; a list with an old stamp is void. */
  stamp: string
  /** Whether nothing lies beyond the last of the entries. */
  complete: boolean
  entries: string[]
}

/**
 * Lists in Redis that may be lost at any time: whoever finds none builds it anew. Entries are ASCII, greater than
 * `!`, and sort by their age: the newer one has the greater byte where they first differ.
 */
export interface WarmLists {
  /**
   * Null when there is none, it is being built, or Redis is away.
   *
   * @param most entries to read, from the newest; all if not given
   */
  read(name: string, most?: number): Promise<WarmList | null>
  /**
   * Leave to build the list, which takes the place of one that is there; null when somebody else is at it. What is to
   * be in it has to be read after this: what is pushed from here on is kept.
   */
  startFill(name: string): Promise<string | null>
  /** The entries from the newest on, each once. Nothing happens when the leave is over. */
  fill(name: string, token: string, list: WarmList): Promise<void>
  /**
   * Puts an entry in its place in those of the lists that exist, or are being built, and reach as far back; one that
   * is there already changes nothing.
   *
   * @throws CacheUnavailable when Redis did not do it
   */
  push(names: readonly string[], entry: string): Promise<void>
}

/*
 * One key a list, and nothing beside it, so that a push to hundreds of them is one step. The last element is the
 * seal: `!` and the stamp, and `+` if it is complete; `!?` and the token of whoever builds it. So a list never exists
 * without knowing what it is, and loses both at once; and the seal is older than every entry.
 * Bytes are compared one by one: `<` would follow the server's locale.
 */
const NEWER = `
local function newer(one, other)
  for i = 1, #one do
    local a, b = string.byte(one, i), string.byte(other, i)
    if a ~= b then return a > (b or 0) end
  end
  return false
end
`

/** ARGV: the number of entries. Answers like LRANGE of a list that ends after them. */
const readNewest = script(`
local elements = redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1)
local beyond = redis.call('LLEN', KEYS[1]) - #elements
if beyond > 0 then
  local seal = redis.call('LINDEX', KEYS[1], -1)
  if beyond > 1 then seal = string.gsub(seal, '%+$', '') end
  elements[#elements + 1] = seal
end
return elements
`)

/** ARGV: the seal of a list that is being built, its life in ms. */
const startFill = script(`
local seal = redis.call('LINDEX', KEYS[1], -1)
if seal and string.sub(seal, 1, 2) == '!?' then return 0 end
redis.call('DEL', KEYS[1])
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`)

/**
 * ARGV: the seal that startFill set, life in ms, most entries, then the elements, the seal last. What was pushed in
 * between goes to its place among them, as `push` would put it there.
 */
const fill = script(`${NEWER}
if redis.call('LINDEX', KEYS[1], -1) ~= ARGV[1] then return 0 end
local pushed = redis.call('LRANGE', KEYS[1], 0, -2)
redis.call('DEL', KEYS[1])
local seal = ARGV[#ARGV]
local complete = string.find(seal, '%+$')
local elements, at, most = {}, 1, tonumber(ARGV[3])
for i = 4, #ARGV do
  local last = i == #ARGV
  while pushed[at] and (newer(pushed[at], ARGV[i]) and (not last or complete)) do
    elements[#elements + 1] = pushed[at]
    at = at + 1
  end
  if pushed[at] == ARGV[i] then at = at + 1 end
  if not last then elements[#elements + 1] = ARGV[i] end
end
if #elements > most then seal = string.gsub(seal, '%+$', '') end
local count = math.min(#elements, most)
for i = 1, count, 1000 do redis.call('RPUSH', KEYS[1], unpack(elements, i, math.min(i + 999, count))) end
redis.call('RPUSH', KEYS[1], seal)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`)

/**
 * ARGV: entry, most entries, how many more there may be until they are cut off together. KEYS: the lists. Nearly
 * always the entry is the newest. One that comes late goes to its place; behind the end of a list that is not complete
 * it has none, as others may lie in between. What is cut off at the end makes the list incomplete; one that is being
 * built and does not know its end yet goes.
 */
const push = script(`${NEWER}
local entry, most = ARGV[1], tonumber(ARGV[2])
local longest = most + tonumber(ARGV[3]) + 1
local function cut(key)
  local seal = redis.call('RPOP', key)
  if string.find(seal, '^!%?') then return redis.call('DEL', key) end
  redis.call('LTRIM', key, 0, most - 1)
  redis.call('RPUSH', key, (string.gsub(seal, '%+$', '')))
end
local function placeBefore(key)
  for from = 0, longest, 32 do
    local elements = redis.call('LRANGE', key, from, from + 31)
    for i = 1, #elements do
      local after = elements[i]
      if after == entry then return 0 end
      if newer(entry, after) then
        if string.byte(after) == 33 and not string.find(after, '^!%?') and not string.find(after, '%+$') then return 0 end
        return redis.call('LINSERT', key, 'BEFORE', after, entry)
      end
    end
  end
  return 0
end
local call, known, older = redis.call, nil, nil
for i = 1, #KEYS do
  local key = KEYS[i]
  local head = call('LINDEX', key, 0)
  if head and head ~= entry then
    if head ~= known then known, older = head, string.byte(head) ~= 33 and newer(entry, head) end
    if (older and call('LPUSH', key, entry) or placeBefore(key)) > longest then cut(key) end
  end
end
`)

export interface WarmListsOptions {
  prefix?: string
  /** Entries a list keeps. */
  most: number
  ttlMs: number
}

/** The longest that a list may take to be built. */
const BUILD_MS = 5_000
/** Lists of one script: under a millisecond, for which Redis does nothing else. */
const LISTS_AT_ONCE = 500
/** Scripts that are under way, so that Redis has the next one when it is done with one. */
const UNDER_WAY = 4

function parse(reply: unknown): WarmList | null {
  if (!Array.isArray(reply) || reply.length === 0) return null
  const seal = String(reply.at(-1))
  if (seal.startsWith("!?")) return null
  return {
    stamp: seal.slice(1).replace(/\+$/, ""),
    complete: seal.endsWith("+"),
    entries: reply.slice(0, -1).map(String),
  }
}

async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CacheUnavailable) return null
    throw error
  }
}

export function createWarmLists(
  redis: CacheRedis,
  { prefix = "", most, ttlMs }: WarmListsOptions,
): WarmLists {
  const keyOf = (name: string) => `${prefix}{${name}}`
  const slack = Math.floor(most / 10)
  const pushSome = (names: readonly string[], entry: string) =>
    redis.run(push, names.map(keyOf), entry, most, slack)
  return {
    read: (name, first) =>
      orNull(async () => {
        if (!redis.trusted) return null
        const key = keyOf(name)
        return parse(await (first ? redis.run(readNewest, [key], first) : redis.send("lrange", key, 0, -1)))
      }),
    startFill: (name) =>
      orNull(async () => {
        const token = randomUUID()
        return (await redis.run(startFill, [keyOf(name)], `!?${token}`, BUILD_MS)) === 1 ? token : null
      }),
    async fill(name, token, { stamp, complete, entries }) {
      const kept = entries.slice(0, most)
      const seal = complete && kept.length === entries.length ? `!${stamp}+` : `!${stamp}`
      await orNull(() => redis.run(fill, [keyOf(name)], `!?${token}`, ttlMs, most, ...kept, seal))
    },
    async push(names, entry) {
      let next = 0
      const lane = async () => {
        while (next < names.length) {
          const begin = next
          next += LISTS_AT_ONCE
          await pushSome(names.slice(begin, next), entry)
        }
      }
      await Promise.all(Array.from({ length: UNDER_WAY }, lane))
    },
  }
}
