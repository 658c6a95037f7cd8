import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type AccountId, type Db, migrate, openDatabase } from "@tintype/db"
import { startPgbouncer, startPostgres, startRedis } from "@tintype/dev"
import { sql } from "drizzle-orm"

/** Whose rows the measured jobs work on. */
export const OWNER = "4194304001" as AccountId

export interface JobStores {
  databaseUrl: string
  /** Past the pooler. */
  directUrl: string
  redisUrl: string
  db: Db
  /** Of the stores' processes. */
  pids(): number[]
}

/** A process and those that it has started. */
function familyOf(pid: number): number[] {
  const { stdout } = spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" })
  return [pid, ...stdout.split("\n").flatMap((line) => Number.parseInt(line, 10) || [])]
}

/** A Postgres that syncs every commit, behind a pooler in transaction mode, and a Redis with its log. */
export async function openJobStores(stack: AsyncDisposableStack): Promise<JobStores> {
  const dir = mkdtempSync(join(tmpdir(), "tintype-measure-"))
  stack.defer(() => rmSync(dir, { recursive: true, force: true }))
  const postgres = await startPostgres({ dir: join(dir, "postgres"), durable: true })
  stack.defer(() => postgres.stop())
  await migrate({ url: postgres.url("postgres") })
  const pooler = await startPgbouncer({ dir: join(dir, "pgbouncer"), postgresPort: postgres.port })
  stack.defer(() => pooler.stop())
  const redis = await startRedis({ dir: join(dir, "redis"), kind: "queue" })
  stack.defer(() => redis.stop())
  const databaseUrl = pooler.url("postgres")
  const database = openDatabase({ url: databaseUrl, poolSize: 32 })
  stack.defer(() => database.close())
  await database.db.execute(sql`create table effects (job_id uuid not null)`)
  await database.db.execute(
    sql`create table written (id uuid primary key, post_id int not null, note text not null)`,
  )
  const pids = () => [...familyOf(postgres.pid), pooler.pid, redis.pid]
  return { databaseUrl, directUrl: postgres.url("postgres"), redisUrl: redis.url, db: database.db, pids }
}
