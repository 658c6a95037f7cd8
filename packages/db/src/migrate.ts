import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import postgres from "postgres"

/** Any number that nothing else locks: it keeps two migrators apart. */
const MIGRATION_LOCK = 8_346_101
const LOCK_PATIENCE_MS = 60_000

/** Bounds that hold for every session of the database: no statement, lock or transaction lasts for ever. */
const SESSION_LIMITS = {
  statement_timeout: "10s",
  lock_timeout: "3s",
  transaction_timeout: "5s",
  idle_in_transaction_session_timeout: "5s",
}

const DAY_MS = 24 * 3600 * 1000
/** A migration's own bounds, in ms. Not 0 for none: the driver leaves out what is 0, and those of the database would hold. */
const UNHURRIED = { statement_timeout: DAY_MS, transaction_timeout: DAY_MS, lock_timeout: 5_000 }

export interface MigrateOptions {
  /** Straight to Postgres, not through a pooler: a session holds the lock. */
  url: string
  folder?: string
  log?: (message: string) => void
}

interface Migration {
  name: string
  text: string
  checksum: string
}

const DEFAULT_FOLDER = fileURLToPath(new URL("../migrations", import.meta.url))

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), "utf8")
      return { name, text, checksum: createHash("sha256").update(text).digest("hex") }
    }),
  )
}

/**
 * Asks again and again instead of waiting within a statement: CREATE INDEX CONCURRENTLY waits for all statements
 * that began before it, so that two migrators would wait for each other.
 */
async function takeLock(sql: postgres.Sql): Promise<void> {
  for (const end = Date.now() + LOCK_PATIENCE_MS; Date.now() < end; await sleep(100)) {
    const [row] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${MIGRATION_LOCK}) as taken`
    if (row?.taken) return
  }
  throw new Error("another migrator holds the lock")
}

/** The names that still have to run. @throws when one that ran has been edited since. */
async function pending(sql: postgres.Sql, migrations: Migration[]): Promise<Migration[]> {
  await sql`create table if not exists schema_migrations (
    name text primary key, checksum text not null, applied_at timestamptz not null default now())`
  const rows = await sql<{ name: string; checksum: string }[]>`select name, checksum from schema_migrations`
  const applied = new Map(rows.map((row) => [row.name, row.checksum]))
  for (const { name, checksum } of migrations) {
    if (applied.has(name) && applied.get(name) !== checksum) {
      throw new Error(`migration ${name} was changed after it ran: add a new one instead`)
    }
  }
  return migrations.filter(({ name }) => !applied.has(name))
}

async function setSessionLimits(sql: postgres.Sql): Promise<void> {
  const [row] = await sql<{ name: string }[]>`select current_database() as name`
  if (!row) throw new Error("no current database")
  for (const [setting, value] of Object.entries(SESSION_LIMITS)) {
    await sql.unsafe(`alter database "${row.name.replaceAll('"', '""')}" set ${setting} = '${value}'`)
  }
}

/**
 * Brings the database to the newest schema. Each file runs in a transaction of its own, once, in the order of
 * names, under a lock; a file whose first line is `-- no transaction` runs bare, as CREATE INDEX CONCURRENTLY wants.
 *
 * @returns the names that ran now
 */
export async function migrate({ url, folder = DEFAULT_FOLDER, log }: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 10,
    onnotice: () => {},
    connection: UNHURRIED,
  })
  try {
    await takeLock(sql)
    const todo = await pending(sql, migrations)
    for (const { name, text, checksum } of todo) {
      log?.(`migrating ${name}`)
      const record = (on: postgres.ISql) =>
        on`insert into schema_migrations (name, checksum) values (${name}, ${checksum})`
      if (text.startsWith("-- no transaction")) {
        await sql.unsafe(text)
        await record(sql)
      } else {
        await sql.begin(async (tx) => {
          await tx.unsafe(text)
          await record(tx)
        })
      }
    }
    await setSessionLimits(sql)
    return todo.map(({ name }) => name)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
