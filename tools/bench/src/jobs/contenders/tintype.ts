import { inTransaction } from "@tintype/db"
import { createLogger } from "@tintype/observe"
import { enqueue, type Handlers, openQueue, startWorkers } from "@tintype/queue"
import { effectJob } from "../catalogue.ts"
import { OWNER } from "../stores.ts"
import { type Addresses, CONCURRENCY, type Contender, type Work, type WorkerSide } from "./contender.ts"
import { writeEffect, writeOperation } from "./operation.ts"

const log = createLogger("bench", "fatal")
const jobs = [effectJob] as const

export function openTintype({ redisUrl }: Addresses): Contender {
  const queue = openQueue({ redisUrl, log })
  return {
    async operate(db) {
      const job = await db.transaction(async (tx) => {
        await writeOperation(tx)
        return enqueue(tx, effectJob, OWNER, {})
      })
      const committed = performance.now()
      await queue.dispatch([job])
      return committed
    },
    close: () => queue.close(),
  }
}

export function startTintype(
  { db, begun }: Work,
  { redisUrl }: Addresses,
  keepsHistory: boolean,
): WorkerSide {
  const handlers: Handlers<typeof jobs> = {
    "bench.effect": (_payload, run) => {
      begun()
      return inTransaction(db, async (tx) => {
        await writeEffect(tx)
        await run.complete(tx)
      })
    },
  }
  const classes = { feed: { concurrency: CONCURRENCY } }
  const workers = startWorkers({ redisUrl, db, jobs, handlers, classes, keepsHistory, log })
  return { close: () => workers.close(2_000) }
}
