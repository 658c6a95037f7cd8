import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import type { Logger } from "@tintype/observe"
import { type CacheRedis, type CacheRedisOptions, openCacheRedis } from "./cache-redis.ts"
import { beginWrite, type CacheWrite, type Change } from "./cache-write.ts"
import { type CacheCounters, createCounters } from "./counters.ts"
import type { CacheEntry, CacheKey } from "./define-entry.ts"
import { Filler } from "./filler.ts"
import { createFirstLevel, FIRST_LEVEL_WAIT_MS, type FirstLevel } from "./first-level.ts"
import { createLeaders } from "./leaders.ts"
import { createLedger, type ReadOwed } from "./ledger.ts"
import { createProtocol, type Lifetimes } from "./protocol.ts"
import { Reader } from "./reader.ts"
import { Renewals, xfetch } from "./renewals.ts"
import { createRepairs } from "./repairs.ts"
import { Sampler } from "./sampler.ts"
import { CACHE_SCRIPTS, type CacheScripts } from "./scripts.ts"
import { createSingleFlight, type Load } from "./single-flight.ts"
import { openTracking, type Tracking } from "./tracking.ts"
import { type Comparison, compare, scanKeys } from "./verify.ts"
import { type Found, Loaded, type Versioned } from "./versioned.ts"

/** Copies of rows, so kept that no read sees less than what was acknowledged before it began. */
export interface Cache {
  /**
   * One round trip when all is there. What is missing is loaded by one call over all entries, and by a second one
   * only for what another process was loading and did not bring. `load` must read the primary database, and not
   * this cache.
   *
   * @throws what `load` throws; LoadsExhausted; never because of Redis
   */
  readMany<Key extends CacheKey<unknown>>(keys: readonly Key[], load: Load<Key>): Promise<Found>
  read<Value>(key: CacheKey<Value>, load: () => Promise<Versioned<Value>>): Promise<Value | null>
  /**
   * Right before COMMIT of a transaction that changed the rows behind the keys, while it holds their locks. One
   * round trip; never throws because of Redis.
   *
   * @throws RangeError for a version that is not an integer from 0 to 2^53 - 1
   */
  beginWrite(changes: readonly Change[]): Promise<CacheWrite>
  /**
   * Drops values, and what readers are about to fill, by the text of their keys (`CacheKey.key`): the repair of
   * writes that could not be marked.
   *
   * @throws CacheUnavailable while Redis is away
   */
  forget(keys: readonly string[]): Promise<void>
  /**
   * The keys of all that is cached, some hundred at a time.
   *
   * @throws CacheUnavailable
   */
  keys(): AsyncIterable<readonly string[]>
  /**
   * Compares what is cached under some keys with their rows.
   *
   * @throws CacheUnavailable while Redis is not believed; what `load` throws
   */
  compare<Key extends CacheKey<unknown>>(keys: readonly Key[], load: Load<Key>): Promise<Comparison>
  /** Resolves when no value is being filled, renewed, compared or repaired behind its readers. */
  idle(): Promise<void>
  readonly counters: Readonly<CacheCounters>
  /** Whether Redis is there and believed; while it is not, everything is read from the database. */
  readonly inUse: boolean
  /** What this process answers by itself takes, estimated. */
  readonly firstLevelBytes: number
}

export interface CacheOptions extends Partial<Lifetimes> {
  log: Logger
  /** Stands before every key. */
  prefix?: string
  /** Loads that run at once in this process; further ones wait. */
  loads?: number
  waitingLoads?: number
  /**
   * The writes that Redis could not be told of. Without it a write that Redis did not take is seen by other processes
   * only after its repair.
   */
  readOwed?: ReadOwed
  /** What this process answers by itself: the entries that are declared so. Nothing, if it is left out. */
  firstLevel?: FirstLevelOptions
  /** One in so many hits is compared with the database: none if it is left out. */
  sampleEvery?: number
  /** However many hits there are, no comparison begins sooner after the one before it: 0. */
  samplePauseMs?: number
}

export interface FirstLevelOptions {
  /** Of the same Redis, for the connection over which it tells what has changed. */
  url: string
  entries: readonly Pick<CacheEntry<never, unknown>, "beginning">[]
  /** 32 MiB, estimated. */
  maxBytes?: number
}

const FIRST_LEVEL_BYTES = 32 * 1024 * 1024

interface OpenFirstLevel {
  firstLevel: FirstLevel
  tracking: Tracking
}

/** What the model test replaces. */
export interface CacheParts {
  scripts?: CacheScripts
  newToken?: () => string
  /** Waits while another process fills what is wanted here. */
  pause?: (look: number) => Promise<unknown>
  looks?: number
  /** How many ms before it is due a value that took `costMs` to load is renewed. */
  earlyMs?: (costMs: number) => number
  first?: OpenFirstLevel
  /** The clock of ledger and first level, and how a writer waits by it. */
  now?: () => number
  wait?: (ms: number) => Promise<unknown>
  /** Before a repair that failed is tried again. */
  pauseRepairs?: () => Promise<unknown>
}

/** 20, 30, 45 … 150 ms, give or take a quarter: a second in all with `LOOKS` of them. */
const pauseLonger = (look: number) => sleep(Math.min(20 * 1.5 ** look, 150) * (0.75 + Math.random() / 2))
const LOOKS = 10

/** Tokens are never used twice, by no process. */
function tokens(): () => string {
  const process = randomUUID()
  let count = 0
  return () => {
    count += 1
    return `${process}.${count}`
  }
}

function openFirstLevel(
  options: FirstLevelOptions,
  log: Logger,
  prefix: string,
  now: () => number,
): OpenFirstLevel {
  const { url, entries, maxBytes = FIRST_LEVEL_BYTES } = options
  const firstLevel = createFirstLevel(maxBytes, now)
  const beginnings = entries.map(({ beginning }) => beginning)
  return { firstLevel, tracking: openTracking(firstLevel, { url, log, prefix, beginnings, now }) }
}

export function createCache(
  redis: CacheRedis,
  options: CacheOptions,
  parts: CacheParts = {},
): Cache & AsyncDisposable {
  const { log, prefix = "", leaseMs = 10_000, markMs = 10_000 } = options
  const { loads = 16, waitingLoads = 1000, sampleEvery = 0, samplePauseMs = 0 } = options
  const { scripts = CACHE_SCRIPTS, newToken = tokens() } = parts
  const { pause = pauseLonger, looks = LOOKS, earlyMs = xfetch, wait = sleep } = parts
  const counters = createCounters()
  const leaders = createLeaders()
  const protocol = createProtocol({ redis, prefix, scripts, counters, leaseMs, markMs })
  const repairs = createRepairs(log, (key) => protocol.forget(key), parts.pauseRepairs)
  const { now = () => performance.now() } = parts
  const ledger = createLedger(options.readOwed, now)
  const first = parts.first ?? (options.firstLevel && openFirstLevel(options.firstLevel, log, prefix, now))
  const { firstLevel, tracking } = first ?? {}
  const singleFlight = createSingleFlight(loads, waitingLoads)
  const filler = new Filler({ protocol, singleFlight, counters })
  const renewals = new Renewals({ protocol, filler, leaders, counters, newToken, earlyMs })
  const sampler = new Sampler({ protocol, counters, log, every: sampleEvery, pauseMs: samplePauseMs, now })
  const base = { sampler, redis, protocol, ledger, repairs, firstLevel, filler, leaders, renewals, counters }
  const refresh = (moment: number) => tracking?.refresh(moment)
  const reader = new Reader({ ...base, refresh, now, newToken, pause, looks })
  return {
    counters,
    get inUse() {
      return redis.trusted
    },
    get firstLevelBytes() {
      return firstLevel?.bytes ?? 0
    },
    readMany: (keys, load) => reader.readMany(keys, load),
    async read<Value>(key: CacheKey<Value>, load: () => Promise<Versioned<Value>>) {
      const own = reader.own(key)
      // A key's text holds its entry's name and shape: only values of that type were ever put under it.
      if (own) return own.value as Value
      const found = await reader.readMany([key], async () => new Loaded().set(key, await load()))
      return found.get(key)
    },
    beginWrite: (changes) =>
      beginWrite({ protocol, repairs, ledger, firstLevel, now, wait }, newToken(), changes),
    async forget(keys) {
      await Promise.all(keys.map((key) => protocol.forget(key)))
      // Who takes their names out of the ledger must not do so before all first levels have heard of it.
      await wait(FIRST_LEVEL_WAIT_MS)
    },
    keys: () => scanKeys(redis, prefix),
    compare: (keys, load) => compare({ redis, protocol, ledger }, keys, load),
    async idle() {
      await Promise.all([renewals.idle(), sampler.idle(), repairs.idle()])
      await filler.idle()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([renewals.stop().then(() => filler.idle()), sampler.idle()])
      tracking?.close()
      await repairs.stop()
    },
  }
}

/** A cache with a connection of its own. It works, by loading everything, while Redis is not there. */
export function openCache(
  options: CacheOptions & CacheRedisOptions,
): Cache & AsyncDisposable & { close(): Promise<void> } {
  const redis = openCacheRedis(options)
  const cache = createCache(redis, options)
  const close = async () => {
    await cache[Symbol.asyncDispose]()
    await redis.close()
  }
  return {
    ...cache,
    get inUse() {
      return redis.trusted
    },
    get firstLevelBytes() {
      return cache.firstLevelBytes
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
