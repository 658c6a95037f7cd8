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
 * Lists in Redis that may be lost at any time: whoever finds none builds it anew. Entries are ASCII and sort by
 * their age: the newer one has the greater byte where they first differ.
 */
export interface WarmLists {
  /**
   * Null when there is none, or Redis is away.
   *
   * @param most entries to read, from the newest; all if not given
   */
  read(name: string, most?: number): Promise<WarmList | null>
  /** Leave to build the list; null when somebody else is at it. A push in between takes it back. */
  startFill(name: string): Promise<string | null>
  /** The entries from the newest on, each once. */
  fill(name: string, token: string, list: WarmList): Promise<void>
  /**
   * Puts an entry in its place in those of the lists that exist and reach as far back; one that is there already
   * changes nothing. In a list that is being built right now it might be missing, so that building is called off.
   *
   * @throws CacheUnavailable when Redis did not do it
   */
  push(names: readonly string[], entry: string): Promise<void>
}

/*
 * One key a list. Its last element is the seal: the stamp, and `+` if it is complete. So a list never exists
 * without knowing what it is, and loses both at once.
 *   KEYS[1]  the list
 *   KEYS[2]  the lease of whoever builds it
 */

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

/** ARGV: token, life in ms, then the elements, the seal last. */
const fill = script(`
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
for i = 3, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`)

/**
 * ARGV: entry, most entries. Nearly always the entry is the newest. One that comes late goes to its place; behind
 * the end of a list that is not complete it has none, as others may lie in between. What is cut off at the end
 * makes the list incomplete. Bytes are compared one by one: `<` would follow the server's locale.
 */
const push = script(`
redis.call('DEL', KEYS[2])
local entry = ARGV[1]
local length = redis.call('LLEN', KEYS[1])
if length == 0 then return 0 end
local function newer(one, other)
  for i = 1, #one do
    local a, b = string.byte(one, i), string.byte(other, i)
    if a ~= b then return a > (b or 0) end
  end
  return false
end
local newest = length > 1 and redis.call('LINDEX', KEYS[1], 0)
if newest == entry then return 0 end
if not newest or newer(entry, newest) then
  redis.call('LPUSH', KEYS[1], entry)
else
  local elements = redis.call('LRANGE', KEYS[1], 0, -1)
  local place = 1
  while place < length and newer(elements[place], entry) do place = place + 1 end
  local after = elements[place]
  if after == entry or place == length and not string.find(after, '%+$') then return 0 end
  redis.call('LINSERT', KEYS[1], 'BEFORE', after, entry)
end
if length > ARGV[2] + 0 then
  local seal = redis.call('RPOP', KEYS[1])
  redis.call('RPOP', KEYS[1])
  redis.call('RPUSH', KEYS[1], (string.gsub(seal, '%+$', '')))
end
return 1
`)

export interface WarmListsOptions {
  prefix?: string
  /** Entries a list keeps. */
  most: number
  ttlMs: number
}

const LEASE_MS = 5_000

function parse(reply: unknown): WarmList | null {
  if (!Array.isArray(reply) || reply.length === 0) return null
  const seal = String(reply.at(-1))
  return {
    stamp: seal.replace(/\+$/, ""),
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
  const keysOf = (name: string): [string, string] => [`${prefix}{${name}}`, `${prefix}{${name}}:l`]
  return {
    read: (name, first) =>
      orNull(async () => {
        if (!redis.trusted) return null
        const keys = keysOf(name)
        return parse(
          await (first ? redis.run(readNewest, keys, first) : redis.send("lrange", keys[0], 0, -1)),
        )
      }),
    startFill: (name) =>
      orNull(async () => {
        const token = randomUUID()
        const taken = await redis.send("set", keysOf(name)[1], token, "NX", "PX", LEASE_MS)
        return taken === "OK" ? token : null
      }),
    async fill(name, token, { stamp, complete, entries }) {
      const elements = [...entries.slice(0, most), complete ? `${stamp}+` : stamp]
      await orNull(() => redis.run(fill, keysOf(name), token, ttlMs, ...elements))
    },
    async push(names, entry) {
      await Promise.all(names.map((name) => redis.run(push, keysOf(name), entry, most)))
    },
  }
}
