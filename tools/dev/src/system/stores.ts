import { join } from "node:path"
import { migrate } from "@tintype/db"
import postgres from "postgres"
import { startPgbouncer } from "../services/pgbouncer.ts"
import { startPostgres } from "../services/postgres.ts"
import { startRedis } from "../services/redis.ts"
import type { Server } from "../services/server.ts"
import { Supervised } from "./supervised.ts"

/** Where the tiers find their stores, as their environment names them. */
export interface StoreUrls {
  DATABASE_URL: string
  DATABASE_DIRECT_URL: string
  REDIS_QUEUE_URL: string
  REDIS_CACHE_URL: string
}

export type StoreName = "postgres" | "pgbouncer" | "redis-queue" | "redis-cache"
export type Store = Supervised<StoreName>

export interface StoreOptions {
  dataDir: string
  /** What is given is used, what is not is started. */
  given: Partial<StoreUrls>
  durable: boolean
  say: (message: string) => void
  /** Takes what was started, to be stopped in the end. */
  started: (store: Store) => void
}

const DATABASE = "tintype"

async function createDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const found = await sql`select 1 from pg_database where datname = ${DATABASE}`
    if (found.length === 0) await sql.unsafe(`create database ${DATABASE}`)
  } finally {
    await sql.end()
  }
}

/** Starts a store; when it ends unexpectedly it comes back on the same port. */
async function supervise<S extends Server>(
  name: StoreName,
  { say, started }: StoreOptions,
  start: (port: number | undefined) => Promise<S>,
): Promise<S> {
  say(`starting ${name}`)
  let last: S | undefined
  const first = Promise.withResolvers<S>()
  const launch = async () => {
    last = await start(last?.port)
    first.resolve(last)
    return last
  }
  const store = new Supervised({ name, say, launch })
  await store.start()
  started(store)
  return first.promise
}

async function startDatabase(options: StoreOptions): Promise<{ pooled: string; direct: string }> {
  const { dataDir, durable, say } = options
  const server = await supervise("postgres", options, (port) =>
    startPostgres({ dir: join(dataDir, "postgres"), port, durable }),
  )
  await createDatabase(server.url())
  const pooler = await supervise("pgbouncer", options, (port) =>
    startPgbouncer({ dir: join(dataDir, "pgbouncer"), port, postgresPort: server.port, say }),
  )
  return { pooled: pooler.url(DATABASE), direct: server.url(DATABASE) }
}

/** Brings the schema up to date. */
export async function migrateDatabase(url: string, say: (message: string) => void): Promise<void> {
  try {
    await migrate({ url, log: say })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message || String(cause) : String(cause)
    throw new Error(`The database (DATABASE_DIRECT_URL) could not be migrated: ${why}`, { cause })
  }
}

async function openDatabase(
  options: StoreOptions,
): Promise<Pick<StoreUrls, "DATABASE_URL" | "DATABASE_DIRECT_URL">> {
  const { given, say } = options
  const { DATABASE_URL, DATABASE_DIRECT_URL } = given
  if (!DATABASE_URL !== !DATABASE_DIRECT_URL) {
    throw new Error("Give DATABASE_URL (pooled) and DATABASE_DIRECT_URL (for migrations) both, or neither.")
  }
  const { pooled, direct } =
    DATABASE_URL && DATABASE_DIRECT_URL
      ? { pooled: DATABASE_URL, direct: DATABASE_DIRECT_URL }
      : await startDatabase(options)
  say("migrating the database")
  await migrateDatabase(direct, say)
  return { DATABASE_URL: pooled, DATABASE_DIRECT_URL: direct }
}

async function openRedis(kind: "queue" | "cache", options: StoreOptions): Promise<string> {
  const { dataDir, say } = options
  const server = await supervise(`redis-${kind}`, options, (port) =>
    startRedis({ dir: join(dataDir, `redis-${kind}`), port, kind, say }),
  )
  return server.url
}

/** Brings up what the tiers need, and the schema up to date. */
export async function openStores(options: StoreOptions): Promise<StoreUrls> {
  const { REDIS_QUEUE_URL, REDIS_CACHE_URL } = options.given
  const opening = [
    openDatabase(options),
    REDIS_QUEUE_URL || openRedis("queue", options),
    REDIS_CACHE_URL || openRedis("cache", options),
  ] as const
  // All are waited for, so that none is left behind when one fails.
  await Promise.allSettled(opening)
  const [database, queue, cache] = await Promise.all(opening)
  return { ...database, REDIS_QUEUE_URL: queue, REDIS_CACHE_URL: cache }
}
