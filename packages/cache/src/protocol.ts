import type { CacheRedis } from "./cache-redis.ts"
import type { CacheCounters } from "./counters.ts"
import { createDecoder, type Decoder } from "./decoder.ts"
import type { CacheKey } from "./define-entry.ts"
import type { CacheScripts } from "./scripts.ts"
import { encode, type Payload, type Stored } from "./stored.ts"
import type { Versioned } from "./versioned.ts"

export interface Lifetimes {
  /** How long a reader may take from a miss to its fill. */
  leaseMs: number
  /** Must be longer than a transaction may take from `beginWrite` to the end of COMMIT. */
  markMs: number
}

/** What a reader gets after a miss: the value after all, the right to fill it, or neither. */
export type Claim = Stored | "granted" | "held" | "marked"

/** A loaded value and how it is put. */
export interface Fill {
  key: CacheKey<unknown>
  payload: Payload
}

/** The steps of the protocol, each one command; those of one tick share a round trip. All throw CacheUnavailable. */
export interface Protocol {
  /** One command for all keys; undefined for each that is missing. */
  get(keys: readonly CacheKey<unknown>[]): Promise<(Stored | undefined)[]>
  /** For each key its claim. Redis does nothing else meanwhile: `inBatches` has how many to ask for at once. */
  lease(keys: readonly CacheKey<unknown>[], token: string): Promise<Claim[]>
  /** The right to renew a value that is there: whether it was granted. `earlyMs`: how long before it is due. */
  renew(key: CacheKey<unknown>, token: string, earlyMs: number): Promise<boolean>
  /** Puts those whose lease is still the token's. As many as for `lease`. */
  fill(fills: readonly Fill[], token: string): Promise<void>
  release(keys: readonly CacheKey<unknown>[], token: string): Promise<void>
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

const args = ({ version, text, lifeMs, softMs }: Payload) => [version, text, lifeMs, softMs]

/** What is answered to `publish` is made of; to `fill` it is the first, or nothing, for each. */
const PUT = 1
const STOOD = 2

function count(counters: CacheCounters, { text, unkept }: Payload, done: boolean): void {
  if (unkept) counters.tooLarge += 1
  if (done) counters.charactersWritten += text.length
}

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

  const nameOf = ({ key }: CacheKey<unknown>) => prefix + key
  return {
    async get(keys) {
      const stored = await redis.send("mget", ...keys.map(nameOf))
      if (!Array.isArray(stored)) return []
      for (const text of stored) if (typeof text === "string") counters.charactersRead += text.length
      return keys.map(({ key }, index) => decode(key, stored[index]))
    },
    async lease(keys, token) {
      const replies = await redis.run(scripts.lease, keys.map(nameOf), token, leaseMs)
      return keys.map(({ key }, index) =>
        claimOf(key, Array.isArray(replies) ? replies[index] : null, decode),
      )
    },
    async renew({ key }, token, earlyMs) {
      return (await redis.run(scripts.renew, names(key), token, leaseMs, Math.round(earlyMs))) === 1
    },
    async fill(fills, token) {
      const names = fills.map(({ key }) => nameOf(key))
      const replies = await redis.run(
        scripts.fill,
        names,
        token,
        ...fills.flatMap(({ payload }) => args(payload)),
      )
      for (const [index, { payload }] of fills.entries()) {
        const done = Array.isArray(replies) && replies[index] === PUT
        count(counters, payload, done)
        counters[done ? "fills" : "refusedFills"] += 1
      }
    },
    async release(keys, token) {
      await redis.run(scripts.release, keys.map(nameOf), token)
    },
    async begin({ key }, token) {
      await redis.run(scripts.begin, names(key), token, markMs)
    },
    async publish(key, token, row, marked) {
      const payload = encode(key.policy, row, 0)
      const reply = await redis.run(scripts.publish, names(key.key), token, ...args(payload), marked ? 1 : 0)
      const done = Number(reply)
      count(counters, payload, (done & PUT) > 0)
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
