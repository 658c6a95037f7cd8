import { setTimeout as sleep } from "node:timers/promises"
import { enqueue, enqueueAll } from "@tintype/queue"
import { Redis } from "ioredis"
import type { Sql } from "postgres"
import type { ChaosSystem } from "../system/chaos-system.ts"
import { OWNER, PREFIX, plainJob, slowJob } from "../system/jobs.ts"
import type { Producer } from "./producer.ts"
import { until } from "./until.ts"

/** A system at rest in which one thing goes wrong, and how long it takes to mend. */
export interface Drill {
  chaos: ChaosSystem
  sql: Sql
  producer: Producer
}

/** From the death of a worker process until the job that it ran is begun by another. */
export async function killWorker({ chaos, sql, producer }: Drill): Promise<number> {
  const { db, queue } = producer
  const job = await db.transaction((tx) => enqueue(tx, slowJob, OWNER, { ms: 4_000 }))
  await queue.dispatch([job])
  const runOf = async (attempt: number) => {
    const [row] = await sql<{ worker: string }[]>`
      select worker from outbox where id = ${job.id} and attempts >= ${attempt}`
    return row?.worker
  }
  const worker = await until("the first run", () => runOf(1))
  const pid = Number(worker.split(":")[1])
  const killed = [0, 1].map((index) => chaos.process("job worker", index)).find((each) => each.pid === pid)
  if (!killed) throw new Error(`no worker has the number ${pid}`)
  await killed.signal("SIGKILL", false)
  const begin = performance.now()
  await until("the second run", () => runOf(2))
  const ms = performance.now() - begin
  await killed.start()
  await until("its end", async () => ((await runOf(1)) === undefined ? true : undefined))
  return ms
}

/** From the return of the queue's Redis until a job that was enqueued without it has been done. */
export async function awayQueue({ chaos, sql, producer }: Drill, awayMs: number): Promise<number> {
  const { db, queue } = producer
  const redis = chaos.process("redis-queue")
  await redis.signal("SIGKILL", false)
  const job = await db.transaction((tx) => enqueue(tx, plainJob, OWNER, {}))
  await queue.dispatch([job])
  await sleep(awayMs)
  await redis.start()
  const begin = performance.now()
  await until("its effect", async () => {
    const rows = await sql`select 1 from chaos_effects where job_id = ${job.id}`
    return rows.length > 0 ? true : undefined
  })
  return performance.now() - begin
}

const BATCH = 1_000
/** Longer than the drill takes: they only have to be there. */
const DUE_MS = 300_000

/** From the wipe of the queue's Redis until it has been told of all unfinished jobs again. */
export async function wipeQueue({ chaos, sql, producer }: Drill, jobs: number): Promise<number> {
  const { db, queue } = producer
  const redis = new Redis(chaos.system.stores.REDIS_QUEUE_URL)
  try {
    for (let left = jobs; left > 0; left -= BATCH) {
      const some = Array.from({ length: Math.min(left, BATCH) }, () => {
        return { job: plainJob, ownerId: OWNER, payload: {}, delayMs: DUE_MS }
      })
      await queue.dispatch(await db.transaction((tx) => enqueueAll(tx, some)))
    }
    await redis.flushall()
    const begin = performance.now()
    const delayed = `${PREFIX}:{${plainJob.class}}:delayed`
    await until("all jobs", async () => ((await redis.zcard(delayed)) >= jobs ? true : undefined))
    const ms = performance.now() - begin
    await sql`delete from outbox where owner_id = ${OWNER}`
    await redis.flushall()
    return ms
  } finally {
    redis.disconnect()
  }
}
