import { join } from "node:path"
import { migrate } from "@tintype/db"
import postgres from "postgres"
import { startPgbouncer } from "../services/pgbouncer.ts"
import { startPostgres } from "../services/postgres.ts"
import { startRedis } from "../services/redis.ts"

/** Where the tiers find their stores, as their environment names them. */
export interface StoreUrls {
  DATABASE_URL: string
  DATABASE_DIRECT_URL: string
  REDIS_QUEUE_URL: string
  REDIS_CACHE_URL: string
}

export interface StoreOptions {
  dataDir: string
  /** What is given is used, what is not is started. */
  given: Partial<StoreUrls>
  durable: boolean
  say: (message: string) => void
  /** Takes what was started, to be stopped in the end. */
  started: (server: { stop(): Promise<void> }) => void
}

const DATABASE = "tintype"

async function createDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  const found = await sql`select 1 from pg_database where datname = ${DATABASE}`
  if (found.length === 0) await sql.unsafe(`create database ${DATABASE}`)
  await sql.end()
}

async function startDatabase(
  options: StoreOptions,
): Promise<Pick<StoreUrls, "DATABASE_URL" | "DATABASE_DIRECT_URL">> {
  const { dataDir, durable, say, started } = options
  say("starting Postgres")
  const server = await startPostgres({ dir: join(dataDir, "postgres"), durable })
  started(server)
  await createDatabase(server.url())
  say("starting PgBouncer")
  const pooler = await startPgbouncer({ dir: join(dataDir, "pgbouncer"), postgresPort: server.port, say })
  started(pooler)
  return { DATABASE_URL: pooler.url(DATABASE), DATABASE_DIRECT_URL: server.url(DATABASE) }
}

async function startOneRedis(
  kind: "queue" | "cache",
  { dataDir, say, started }: StoreOptions,
): Promise<string> {
  say(`starting redis-${kind}`)
  const server = await startRedis({ dir: join(dataDir, `redis-${kind}`), kind, say })
  started(server)
  return server.url
}

/** Brings up what the tiers need, and the schema up to date. */
export async function openStores(options: StoreOptions): Promise<StoreUrls> {
  const { given, say } = options
  const { DATABASE_URL, DATABASE_DIRECT_URL } = given
  if ((DATABASE_URL === undefined) !== (DATABASE_DIRECT_URL === undefined)) {
    throw new Error("Give DATABASE_URL (pooled) and DATABASE_DIRECT_URL (for migrations) both, or neither.")
  }
  const database =
    DATABASE_URL && DATABASE_DIRECT_URL ? { DATABASE_URL, DATABASE_DIRECT_URL } : await startDatabase(options)
  say("migrating the database")
  await migrate({ url: database.DATABASE_DIRECT_URL, log: say })
  return {
    ...database,
    REDIS_QUEUE_URL: given.REDIS_QUEUE_URL ?? (await startOneRedis("queue", options)),
    REDIS_CACHE_URL: given.REDIS_CACHE_URL ?? (await startOneRedis("cache", options)),
  }
}
