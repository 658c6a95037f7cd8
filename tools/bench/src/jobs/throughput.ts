import { randomUUIDv7 } from "node:crypto"
import { fileURLToPath } from "node:url"
import { outbox } from "@tintype/db"
import { startChild } from "@tintype/dev"
import { createLogger } from "@tintype/observe"
import { enqueue, openQueue } from "@tintype/queue"
import { eq, sql } from "drizzle-orm"
import { effectJob } from "./catalogue.ts"
import { median, rateOf } from "./figures.ts"
import { type JobStores, OWNER } from "./stores.ts"

const log = createLogger("bench", "fatal")
const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url))

const left = ({ db }: JobStores) => db.$count(outbox, eq(outbox.name, effectJob.name))

async function jobsThrough(stores: JobStores, keepsHistory: boolean, count: number): Promise<number> {
  const { db, databaseUrl, redisUrl } = stores
  const queue = openQueue({ redisUrl, log })
  const args = [WORKER, databaseUrl, redisUrl, String(keepsHistory)]
  const worker = await startChild({ command: process.execPath, args })
  const round = async (jobs: number) => {
    const begin = performance.now()
    const produce = async () => {
      for (let i = 0; i < jobs / 16; i++) {
        const job = await db.transaction((tx) => enqueue(tx, effectJob, OWNER, {}))
        await queue.dispatch([job])
      }
    }
    await Promise.all(Array.from({ length: 16 }, produce))
    while ((await left(stores)) > 0) await new Promise((resolve) => setTimeout(resolve, 10))
    return (jobs / (performance.now() - begin)) * 1000
  }
  await round(640)
  const rate = await round(count)
  await worker.stop()
  await queue.close()
  return rate
}

/** Jobs a second, each with a transaction at both ends, by 16 callers and one worker process; in turns. */
export async function measureThroughput(stores: JobStores, count: number) {
  const rates = { without: [] as number[], with: [] as number[] }
  for (let turn = 0; turn < 3; turn++) {
    rates.without.push(await jobsThrough(stores, false, count))
    rates.with.push(await jobsThrough(stores, true, count))
  }
  const [without, withHistory] = [median(rates.without), median(rates.with)]
  return {
    "no history": Math.round(without),
    history: Math.round(withHistory),
    share: (withHistory / without).toFixed(2),
  }
}

/** Transactions a second of 32 callers, each of which writes a row; alone, and with a job that is dispatched. In turns. */
export async function measureEnqueue({ db, redisUrl }: JobStores, ms: number) {
  const queue = openQueue({ redisUrl, log })
  await queue.dispatch([])
  const plain = () =>
    db.transaction(async (tx) => {
      await tx.execute(sql`insert into written values (${randomUUIDv7()}, 1, 'a like')`)
    })
  const withJob = () =>
    db.transaction(async (tx) => {
      await tx.execute(sql`insert into written values (${randomUUIDv7()}, 1, 'a like')`)
      return enqueue(tx, effectJob, OWNER, {})
    })
  const dispatched = async () => queue.dispatch([await withJob()])
  const rates = { plain: [] as number[], withJob: [] as number[], dispatched: [] as number[] }
  for (let turn = 0; turn < 3; turn++) {
    rates.plain.push(await rateOf(32, ms, plain))
    rates.withJob.push(await rateOf(32, ms, withJob))
    rates.dispatched.push(await rateOf(32, ms, dispatched))
  }
  await queue.close()
  const base = median(rates.plain)
  const told = (rate: number) => `${Math.round(rate)} (${(rate / base).toFixed(2)})`
  return {
    alone: told(base),
    "with a job": told(median(rates.withJob)),
    "with a job, dispatched": told(median(rates.dispatched)),
  }
}
