import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { migrate, openDatabase, outbox } from "@tintype/db"
import { type Child, startChild, startPgbouncer, startPostgres, startRedis } from "@tintype/dev"
import { createLogger } from "@tintype/observe"
import { eq } from "drizzle-orm"
import { enqueue, type QueuedJob } from "../enqueue.ts"
import { openQueue } from "../open-queue.ts"
import { startWorkers } from "../start-workers.ts"
import { ALICE, createEffects, effectJob, testHandlers, testJobs } from "./jobs.ts"

/**
 * Measures jobs through the whole path, on a Postgres that syncs every commit, behind a pooler:
 * `node packages/queue/src/testing/measure.ts`.
 */
const say = (line: string) => process.stdout.write(`${line}\n`)
const WORKER = fileURLToPath(new URL("worker-process.ts", import.meta.url))

async function startStores(dir: string, stack: AsyncDisposableStack) {
  const postgres = await startPostgres({ dir: join(dir, "postgres"), durable: true })
  stack.defer(() => postgres.stop())
  await migrate({ url: postgres.url("postgres") })
  const pooler = await startPgbouncer({ dir: join(dir, "pgbouncer"), postgresPort: postgres.port })
  stack.defer(() => pooler.stop())
  const redis = await startRedis({ dir: join(dir, "redis"), kind: "queue" })
  stack.defer(() => redis.stop())
  const database = openDatabase({ url: pooler.url("postgres"), poolSize: 16 })
  stack.defer(() => database.close())
  await createEffects(database.db)
  return { databaseUrl: pooler.url("postgres"), redisUrl: redis.url, db: database.db }
}

type Stores = Awaited<ReturnType<typeof startStores>>

function percentiles(ms: number[]): string {
  const sorted = ms.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(2)
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`
}

/** One job at a time: from COMMIT to the start of its handler, and from its end to the waiter. */
async function measureLatency({ db, redisUrl }: Stores, count: number): Promise<void> {
  const log = createLogger("measure", "fatal")
  const started = new Map<string, number>()
  const ended = new Map<string, number>()
  const handlers = testHandlers(db)
  const effect: (typeof handlers)["test.effect"] = async (payload, run) => {
    started.set(run.jobId, performance.now())
    await handlers["test.effect"](payload, run)
    ended.set(run.jobId, performance.now())
  }
  const workers = startWorkers({
    redisUrl,
    db,
    log,
    jobs: testJobs,
    handlers: { ...handlers, "test.effect": effect },
    classes: { feed: { concurrency: 5 } },
  })
  const queue = openQueue({ redisUrl, log })
  const [starts, waits]: [number[], number[]] = [[], []]
  for (let i = 0; i < count; i++) {
    const job = await db.transaction((tx) => enqueue(tx, effectJob, ALICE, { ms: 0 }))
    const committed = performance.now()
    await queue.dispatch([job])
    await queue.waitFor(job.id, 5_000, async () => false)
    waits.push(performance.now() - (ended.get(job.id) ?? Number.NaN))
    starts.push((started.get(job.id) ?? Number.NaN) - committed)
  }
  say(`COMMIT to start, ${count} jobs one by one: ${percentiles(starts.slice(20))}`)
  say(`end to waiter: ${percentiles(waits.slice(20))}`)
  await workers.close(1_000)
  await queue.close()
}

/** Many producers and one or more worker processes at once: every job with a transaction at both ends. */
async function measureThroughput(stores: Stores, processes: number, count: number): Promise<void> {
  const { db, databaseUrl, redisUrl } = stores
  const queue = openQueue({ redisUrl, log: createLogger("measure", "fatal") })
  const workers: Child[] = []
  for (let i = 0; i < processes; i++) {
    const args = [WORKER, databaseUrl, redisUrl, "tintype", "16"]
    workers.push(await startChild({ command: process.execPath, args }))
  }
  const settle = async () => {
    while ((await db.$count(outbox, eq(outbox.ownerId, ALICE))) > 0) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const produce = async (each: number) => {
    for (let i = 0; i < each; i++) {
      const job: QueuedJob = await db.transaction((tx) => enqueue(tx, effectJob, ALICE, { ms: 0 }))
      await queue.dispatch([job])
    }
  }
  const round = async (jobs: number) => {
    const begin = performance.now()
    await Promise.all(Array.from({ length: 16 }, () => produce(jobs / 16)))
    const produced = performance.now()
    await settle()
    return { begin, produced, done: performance.now() }
  }
  await round(320)
  const { begin, produced, done } = await round(count)
  const rate = (ms: number) => Math.round((count / ms) * 1000)
  say(
    `${processes} worker process(es), ${count} jobs: ${rate(produced - begin)}/s enqueued, ${rate(done - begin)}/s through`,
  )
  for (const worker of workers) await worker.stop()
  await queue.close()
}

const dir = mkdtempSync(join(tmpdir(), "tintype-measure-"))
await using stack = new AsyncDisposableStack()
stack.defer(() => rmSync(dir, { recursive: true, force: true }))
const stores = await startStores(dir, stack)
await measureLatency(stores, 420)
await measureThroughput(stores, 1, 4_800)
await measureThroughput(stores, 2, 4_800)
