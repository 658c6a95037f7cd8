import { randomUUID } from "node:crypto"
import type { CacheRedis } from "./cache-redis.ts"
import { CacheUnavailable } from "./same-tick.ts"
import { script } from "./scripts.ts"

/** A list that was built once and is kept up by pushes: newest entries first, as far as order goes. */
export interface WarmList {
  /** What it was built for; a list with an old stamp is void. */
  stamp: string
  /** Whether nothing lies beyond its end. */
  complete: boolean
  entries: string[]
}

/** Lists in Redis that may be lost at any time: whoever finds none builds it anew. */
export interface WarmLists {
  /** Null when there is none, or Redis is away. */
  read(name: string): Promise<WarmList | null>
  /** Leave to build the list; null when somebody else is at it. A push or a drop in between takes it back. */
  startFill(name: string): Promise<string | null>
  fill(name: string, token: string, list: WarmList): Promise<void>
  /**
   * Puts an entry in front of those of the lists that exist. In one that is being built right now it would be
   * missing, so that building is called off.
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

/** ARGV: token, life in ms, then the elements, the seal last. */
const fill = script(`
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
for i = 3, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`)

/** ARGV: entry, most entries. What is cut off at the end makes the list incomplete. */
const push = script(`
local length = redis.call('LPUSHX', KEYS[1], ARGV[1])
if length == 0 then redis.call('DEL', KEYS[2]) return 0 end
if length > ARGV[2] + 1 then
  local seal = redis.call('RPOP', KEYS[1])
  redis.call('RPOP', KEYS[1])
  redis.call('RPUSH', KEYS[1], (string.gsub(seal, '+$', '')))
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
    read: (name) =>
      orNull(async () => (redis.trusted ? parse(await redis.send("lrange", keysOf(name)[0], 0, -1)) : null)),
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
