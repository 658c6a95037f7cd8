import type { CacheRedis } from "./cache-redis.ts"
import type { CacheKey } from "./define-entry.ts"
import type { CacheScripts } from "./scripts.ts"
import { decode, encode, type Versioned } from "./versioned.ts"

export interface Lifetimes {
  /** How long a reader may take from a miss to its fill. */
  leaseMs: number
  /** Must be longer than a transaction may take from `beginWrite` to the end of COMMIT. */
  markMs: number
}

/** What a reader gets after a miss: the value after all, the right to fill it, or neither. */
export type Claim = Versioned<unknown> | "granted" | "held" | "marked"

/** The steps of the protocol, each one command; those of one tick share a round trip. All throw CacheUnavailable. */
export interface Protocol {
  /** One command for all keys; undefined for each that is missing. */
  get(keys: readonly CacheKey<unknown>[]): Promise<(Versioned<unknown> | undefined)[]>
  lease(key: CacheKey<unknown>, token: string): Promise<Claim>
  fill(key: CacheKey<unknown>, token: string, row: Versioned<unknown>): Promise<void>
  release(key: CacheKey<unknown>, token: string): Promise<void>
  begin(key: CacheKey<unknown>, token: string): Promise<void>
  publish(key: CacheKey<unknown>, token: string, row: Versioned<unknown>): Promise<void>
  abandon(key: CacheKey<unknown>, token: string): Promise<void>
  forget(key: string): Promise<void>
}

/** ± 10 %, so that what was cached together does not expire together. */
function lifeMs(key: CacheKey<unknown>, row: Versioned<unknown>): number {
  const seconds = row.value === null ? key.absentTtlSeconds : key.ttlSeconds
  return Math.max(1, Math.round(seconds * 1000 * (0.9 + Math.random() * 0.2)))
}

function claimOf(reply: unknown): Claim {
  if (reply === "granted" || reply === "held") return reply
  // A value that cannot be read is treated as one that may not be filled: it goes with its TTL or the next write.
  return decode(reply) ?? "marked"
}

/** @param prefix stands before every key: one per installation or test */
export function createProtocol(
  redis: CacheRedis,
  prefix: string,
  { leaseMs, markMs }: Lifetimes,
  scripts: CacheScripts,
): Protocol {
  const names = (key: string) => [prefix + key, `${prefix}${key}:l`, `${prefix}${key}:w`] as const
  return {
    async get(keys) {
      const stored = await redis.send("mget", ...keys.map(({ key }) => prefix + key))
      return Array.isArray(stored) ? stored.map(decode) : []
    },
    async lease({ key }, token) {
      return claimOf(await redis.run(scripts.lease, names(key), token, leaseMs))
    },
    async fill(key, token, row) {
      await redis.run(scripts.fill, names(key.key), token, encode(row), lifeMs(key, row))
    },
    async release({ key }, token) {
      await redis.run(scripts.release, names(key), token)
    },
    async begin({ key }, token) {
      await redis.run(scripts.begin, names(key), token, markMs)
    },
    async publish(key, token, row) {
      const { version } = row
      await redis.run(scripts.publish, names(key.key), token, version, encode(row), lifeMs(key, row))
    },
    async abandon({ key }, token) {
      await redis.run(scripts.abandon, names(key), token)
    },
    async forget(key) {
      const [value, lease] = names(key)
      await redis.send("del", value, lease)
    },
  }
}
