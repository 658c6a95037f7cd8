import type { CacheRedis } from "./cache-redis.ts"
import type { CacheCounters } from "./counters.ts"
import { createDecoder, type Decoder } from "./decoder.ts"
import type { CacheKey } from "./define-entry.ts"
import type { CacheScripts, Script } from "./scripts.ts"
import { encode, type Stored } from "./stored.ts"
import type { Versioned } from "./versioned.ts"

export interface Lifetimes {
  /** How long a reader may take from a miss to its fill. */
  leaseMs: number
  /** Must be longer than a transaction may take from `beginWrite` to the end of COMMIT. */
  markMs: number
}

/** What a reader gets after a miss: the value after all, the right to fill it, or neither. */
export type Claim = Stored | "granted" | "held" | "marked"

/** The steps of the protocol, each one command; those of one tick share a round trip. All throw CacheUnavailable. */
export interface Protocol {
  /** One command for all keys; undefined for each that is missing. */
  get(keys: readonly CacheKey<unknown>[]): Promise<(Stored | undefined)[]>
  lease(key: CacheKey<unknown>, token: string): Promise<Claim>
  /** The right to renew a value that is there: whether it was granted. `earlyMs`: how long before it is due. */
  renew(key: CacheKey<unknown>, token: string, earlyMs: number): Promise<boolean>
  fill(key: CacheKey<unknown>, token: string, row: Versioned<unknown>, costMs: number): Promise<void>
  release(key: CacheKey<unknown>, token: string): Promise<void>
  begin(key: CacheKey<unknown>, token: string): Promise<void>
  /** `marked`: whether `begin` was answered. Tells whether the mark has stood until now. */
  publish(key: CacheKey<unknown>, token: string, row: Versioned<unknown>, marked: boolean): Promise<boolean>
  abandon(key: CacheKey<unknown>, token: string): Promise<void>
  forget(key: string): Promise<void>
}

function claimOf(key: string, reply: unknown, decode: Decoder): Claim {
  if (reply === "granted" || reply === "held") return reply
  // A value that cannot be read is treated as one that may not be filled: it goes with its TTL or the next write.
  return decode(key, reply) ?? "marked"
}

/** About 6,000 cards, which take some 30 MB with what is made of them. */
const REMEMBERED_CHARACTERS = 4 * 1024 * 1024

/** What `put` answers is made of. */
const PUT = 1
const STOOD = 2

export interface ProtocolParts extends Lifetimes {
  redis: CacheRedis
  /** Stands before every key: one per installation or test. */
  prefix: string
  scripts: CacheScripts
  counters: CacheCounters
}

export function createProtocol(parts: ProtocolParts): Protocol {
  const { redis, prefix, scripts, counters, leaseMs, markMs } = parts
  const names = (key: string) => [prefix + key, `${prefix}${key}:l`, `${prefix}${key}:w`] as const
  const decode = createDecoder(REMEMBERED_CHARACTERS)

  /** @returns what the script answered: 1 if it put the value, and 2 more for a mark that stood */
  const put = async (
    script: Script,
    key: CacheKey<unknown>,
    token: string,
    row: Versioned<unknown>,
    costMs: number,
    ...more: readonly number[]
  ) => {
    const { version, text, lifeMs, softMs, unkept } = encode(key.policy, row, costMs)
    const reply = Number(
      await redis.run(script, names(key.key), token, version, text, lifeMs, softMs, ...more),
    )
    if (unkept) counters.tooLarge += 1
    if (reply & PUT) counters.charactersWritten += text.length
    return reply
  }
  return {
    async get(keys) {
      const stored = await redis.send("mget", ...keys.map(({ key }) => prefix + key))
      if (!Array.isArray(stored)) return []
      for (const text of stored) if (typeof text === "string") counters.charactersRead += text.length
      return keys.map(({ key }, index) => decode(key, stored[index]))
    },
    async lease({ key }, token) {
      return claimOf(key, await redis.run(scripts.lease, names(key), token, leaseMs), decode)
    },
    async renew({ key }, token, earlyMs) {
      return (await redis.run(scripts.renew, names(key), token, leaseMs, Math.round(earlyMs))) === 1
    },
    async fill(key, token, row, costMs) {
      counters[(await put(scripts.fill, key, token, row, costMs)) & PUT ? "fills" : "refusedFills"] += 1
    },
    async release({ key }, token) {
      await redis.run(scripts.release, names(key), token)
    },
    async begin({ key }, token) {
      await redis.run(scripts.begin, names(key), token, markMs)
    },
    async publish(key, token, row, marked) {
      const done = await put(scripts.publish, key, token, row, 0, marked ? 1 : 0)
      counters[done & PUT ? "publishes" : "refusedPublishes"] += 1
      return (done & STOOD) > 0
    },
    async abandon({ key }, token) {
      await redis.run(scripts.abandon, names(key), token)
    },
    async forget(key) {
      await redis.run(scripts.forget, names(key))
    },
  }
}
