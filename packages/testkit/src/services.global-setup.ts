import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { migrate } from "@tintype/db"
import { startPgbouncer, startPostgres, startRedis } from "@tintype/dev"
import postgres from "postgres"
import type { TestProject } from "vitest/node"
import "./provided.ts"

const TEMPLATE = "tintype_template"

async function makeTemplate(url: (database?: string) => string): Promise<void> {
  const sql = postgres(url(), { max: 1, onnotice: () => {} })
  await sql.unsafe(`create database ${TEMPLATE}`)
  await migrate({ url: url(TEMPLATE) })
  await sql.unsafe(`alter database ${TEMPLATE} is_template true`)
  await sql.end()
}

/** One throw-away cluster, pooler and pair of Redis for the run; each test file gets a database of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), "tintype-test-"))
  // Postgres runs as another user when we are root.
  chmodSync(dir, 0o755)
  await using servers = new AsyncDisposableStack()
  servers.defer(() => rmSync(dir, { recursive: true, force: true }))
  const started = <T extends { stop(): Promise<void> }>(server: T): T => {
    servers.defer(() => server.stop())
    return server
  }
  // First: caches do not believe a Redis of less than two seconds.
  const queue = started(await startRedis({ dir: join(dir, "redis-queue"), kind: "queue" }))
  const cache = started(await startRedis({ dir: join(dir, "redis-cache"), kind: "cache" }))
  const database = started(await startPostgres({ dir: join(dir, "postgres"), durable: false }))
  await makeTemplate(database.url)
  const poolerDir = join(dir, "pgbouncer")
  const pooler = started(await startPgbouncer({ dir: poolerDir, postgresPort: database.port }))
  project.provide("postgresPort", database.port)
  project.provide("pgbouncerPort", pooler.port)
  project.provide("redisQueueUrl", queue.url)
  project.provide("redisCacheUrl", cache.url)
  project.provide("templateDatabase", TEMPLATE)
  const kept = servers.move()
  return () => kept.disposeAsync()
}
