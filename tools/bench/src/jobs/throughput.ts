import { randomUUIDv7 } from "node:crypto"
import type { Db } from "@tintype/db"
import { createLogger } from "@tintype/observe"
import { enqueue, openQueue } from "@tintype/queue"
import { sql } from "drizzle-orm"
import { effectJob } from "./catalogue.ts"
import { median, rateOf } from "./figures.ts"
import { type JobStores, OWNER } from "./stores.ts"

const log = createLogger("bench", "fatal")
/**
 * Transactions a second of 32 callers, each of which writes a row: alone, with a second one like it, with a job, and with
 * a job that is dispatched. In turns.
 */
export async function measureEnqueue({ db, redisUrl }: JobStores, ms: number) {
  const queue = openQueue({ redisUrl, log })
  await queue.dispatch([])
  const write = (tx: Db) => tx.execute(sql`insert into written values (${randomUUIDv7()}, 1, 'a like')`)
  const plain = () => db.transaction(write)
  const twice = () =>
    db.transaction(async (tx) => {
      await write(tx)
      await write(tx)
    })
  const withJob = () =>
    db.transaction(async (tx) => {
      await write(tx)
      return enqueue(tx, effectJob, OWNER, {})
    })
  const dispatched = async () => queue.dispatch([await withJob()])
  const rates = {
    plain: [] as number[],
    twice: [] as number[],
    withJob: [] as number[],
    dispatched: [] as number[],
  }
  for (let turn = 0; turn < 3; turn++) {
    rates.plain.push(await rateOf(32, ms, plain))
    rates.twice.push(await rateOf(32, ms, twice))
    rates.withJob.push(await rateOf(32, ms, withJob))
    rates.dispatched.push(await rateOf(32, ms, dispatched))
  }
  await queue.close()
  const base = median(rates.plain)
  const told = (rate: number) => `${Math.round(rate)} (${(rate / base).toFixed(2)})`
  return {
    alone: told(base),
    "with a second row": told(median(rates.twice)),
    "with a job": told(median(rates.withJob)),
    "with a job, dispatched": told(median(rates.dispatched)),
  }
}
