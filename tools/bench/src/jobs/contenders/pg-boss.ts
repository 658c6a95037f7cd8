import { sql } from "drizzle-orm"
import { fromDrizzle, PgBoss } from "pg-boss"
import { type Addresses, CONCURRENCY, type Contender, type Work, type WorkerSide } from "./contender.ts"
import { writeEffect, writeOperation } from "./operation.ts"

const NAME = "bench"

async function open({ directUrl }: Addresses, isWorker: boolean): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: directUrl,
    useListenNotify: true,
    schedule: false,
    supervise: isWorker,
  })
  boss.on("error", (error) => console.error(error))
  await boss.start()
  if (!(await boss.getQueue(NAME))) await boss.createQueue(NAME, { notify: true })
  return boss
}

/** The job is written in the operation's transaction. */
export async function openPgBoss(addresses: Addresses): Promise<Contender> {
  const boss = await open(addresses, false)
  return {
    async operate(db) {
      await db.transaction(async (tx) => {
        await writeOperation(tx)
        await boss.send(NAME, {}, { db: fromDrizzle(tx, sql) })
      })
      return performance.now()
    },
    close: () => boss.stop({ graceful: false }),
  }
}

/** Takes jobs in batches, which is how it is quickest, and works on all of a batch at once. */
export async function startPgBoss({ db, begun }: Work, addresses: Addresses): Promise<WorkerSide> {
  const boss = await open(addresses, true)
  const options = { batchSize: CONCURRENCY, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true }
  await boss.work(NAME, options, async (jobs) => {
    for (const _job of jobs) begun()
    await Promise.all(jobs.map(() => db.transaction(writeEffect)))
  })
  return { close: () => boss.stop({ graceful: false }) }
}
