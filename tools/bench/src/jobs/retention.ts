import { createLogger } from "@tintype/observe"
import { enqueueAll, openQueue, startWorkers } from "@tintype/queue"
import { sql } from "drizzle-orm"
import { Redis } from "ioredis"
import { benchHandlers, benchJobs, noticeJob } from "./catalogue.ts"
import { type JobStores, OWNER, openJobStores } from "./stores.ts"

/** `node tools/bench/src/jobs/retention.ts [jobs]`: what jobs leave behind once they are done. */

const log = createLogger("bench", "fatal")
const BATCH = 500

interface Left extends Record<string, unknown> {
  runs: number
  historyBytes: number
  outboxRows: number
  outboxBytes: number
}

/** What is in Redis once its freed memory is given back, and in the tables of jobs. */
async function whatIsLeft({ db, redisUrl }: JobStores) {
  const redis = new Redis(redisUrl)
  await redis.call("MEMORY", "PURGE")
  const memory = Number(/used_memory_dataset:(\d+)/.exec(await redis.info("memory"))?.[1])
  const keys = await redis.dbsize()
  redis.disconnect()
  const [rows] = await db.execute<Left>(sql`
    select (select count(*)::int from job_runs) as runs,
      (select coalesce(sum(pg_total_relation_size(relid)), 0)::float8 from pg_partition_tree('job_runs') where isleaf) as "historyBytes",
      (select count(*)::int from outbox) as "outboxRows", pg_total_relation_size('outbox')::float8 as "outboxBytes"`)
  return { redisBytes: memory, redisKeys: keys, ...rows }
}

await using stack = new AsyncDisposableStack()
const stores = await openJobStores(stack)
const total = Number(process.argv[2] ?? 50_000)
const { db, redisUrl } = stores
const queue = openQueue({ redisUrl, log })
const workers = startWorkers({
  redisUrl,
  db,
  log,
  jobs: benchJobs,
  handlers: benchHandlers(db),
  classes: { notify: { concurrency: 16 } },
})
const rows: Record<string, Awaited<ReturnType<typeof whatIsLeft>>> = {}
for (let done = 0; done < total; done += BATCH) {
  if (done % (total / 5) === 0) rows[`${done} jobs`] = await whatIsLeft(stores)
  const jobs = Array.from({ length: BATCH }, () => ({ job: noticeJob, ownerId: OWNER, payload: {} }))
  await queue.dispatch(await db.transaction((tx) => enqueueAll(tx, jobs)))
  const isOver = async () => (await db.execute(sql`select 1 from outbox limit 1`)).length === 0
  while (!(await isOver())) await new Promise((resolve) => setTimeout(resolve, 50))
}
await workers.close(2_000)
await queue.close()
rows[`${total} jobs`] = await whatIsLeft(stores)
console.table(rows)
