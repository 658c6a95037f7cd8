import {
  createBroadcast,
  createCache,
  createCounterBoard,
  createLimiter,
  createPurges,
  openCacheRedis,
} from "@tintype/cache"
import { openDatabase } from "@tintype/db"
import { openBlobStore } from "@tintype/media/blob-store"
import type { Logger } from "@tintype/observe"
import { type Bounds, createPressure, type JobClass, openQueue, subscribersOf } from "@tintype/queue"
import { usernameEntry } from "./accounts/lookup-account.ts"
import { tokenEntry } from "./auth/session.ts"
import { readOwed } from "./cache-repair.ts"
import type { Context, Settings } from "./context.ts"
import { events } from "./events.ts"
import { jobs } from "./jobs.ts"
import { streamChannel } from "./streams/index.ts"
import { openWarmTimelines } from "./timelines/index.ts"

export interface Stores {
  databaseUrl: string
  databasePoolSize: number
  redisQueueUrl: string
  redisCacheUrl: string
  blobDir: string
  /** Stands before every key in both Redis. */
  redisPrefix?: string
  /** One in so many hits of the cache is compared with the database: none if it is left out. */
  cacheSampleEvery?: number
}

/** Told of what goes over the wire, for counting it. */
export interface StoreProbes {
  onStatement?: (statement: string) => void
  onCacheRoundTrip?: (commands: number) => void
}

export interface ContextOptions extends StoreProbes {
  /** How much of a class may wait before members are asked to come back later; nothing is refused without. */
  bounds?: Partial<Record<JobClass, Bounds>>
}

/** However busy a process is, so long lies between two of its hits that are compared. */
const SAMPLE_PAUSE_MS = 250

export interface OpenContext {
  ctx: Context
  close(): Promise<void>
}

/**
 * Opens the stores behind the operations, for a `main` (or a test) to pass on and to close in the end. Does not
 * wait for them: what is not there yet is used when it is.
 */
export function openContext(
  stores: Stores,
  settings: Settings,
  log: Logger,
  { onStatement, onCacheRoundTrip, bounds }: ContextOptions = {},
): OpenContext {
  const { databaseUrl: url, databasePoolSize: poolSize, redisPrefix: prefix } = stores
  const database = openDatabase({ url, poolSize, ...(onStatement && { onStatement }) })
  const redis = openCacheRedis({
    url: stores.redisCacheUrl,
    log,
    ...(onCacheRoundTrip && { onRoundTrip: onCacheRoundTrip }),
  })
  const prefixed = prefix ? { prefix } : {}
  // Its own connection: whether the cache is believed must not wait for what members ask of the database.
  const ledger = openDatabase({ url, poolSize: 1 })
  const cache = createCache(redis, {
    log,
    sampleEvery: stores.cacheSampleEvery ?? 0,
    samplePauseMs: SAMPLE_PAUSE_MS,
    readOwed: () => readOwed(ledger.db),
    firstLevel: { url: stores.redisCacheUrl, entries: [tokenEntry, usernameEntry] },
    ...prefixed,
  })
  const purges = createPurges(redis, { log, ...prefixed })
  const queue = openQueue({ redisUrl: stores.redisQueueUrl, log, ...prefixed })
  const ctx: Context = {
    db: database.db,
    cache,
    counterBoard: createCounterBoard(redis, cache, prefixed),
    purges,
    warmLists: openWarmTimelines(redis, prefixed),
    limiter: createLimiter(redis, prefixed),
    queue,
    streams: createBroadcast(redis, streamChannel(prefix)),
    subscribers: subscribersOf(events, jobs),
    ...(bounds && { pressure: createPressure({ db: database.db, bounds, log }) }),
    blobs: openBlobStore({ dir: stores.blobDir }),
    settings,
    now: () => new Date(),
    log,
  }
  return {
    ctx,
    async close() {
      await queue.close()
      await cache[Symbol.asyncDispose]()
      await purges[Symbol.asyncDispose]()
      await redis.close()
      await Promise.all([ledger.close(), database.close()])
    },
  }
}
