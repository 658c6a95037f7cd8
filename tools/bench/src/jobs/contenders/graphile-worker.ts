import { sql } from "drizzle-orm"
import { Logger, run, runMigrations } from "graphile-worker"
import { type Addresses, CONCURRENCY, type Contender, type Work, type WorkerSide } from "./contender.ts"
import { writeEffect, writeOperation } from "./operation.ts"

const logger = new Logger(() => () => undefined)

/** The job is written in the operation's transaction, by the function that it brings. */
export async function openGraphileWorker({ directUrl }: Addresses): Promise<Contender> {
  await runMigrations({ connectionString: directUrl, logger })
  return {
    async operate(db) {
      await db.transaction(async (tx) => {
        await writeOperation(tx)
        await tx.execute(sql`select graphile_worker.add_job('effect')`)
      })
      return performance.now()
    },
    close: async () => undefined,
  }
}

/** With a queue of its own in the process, which is how it is quickest. */
export async function startGraphileWorker(
  { db, begun }: Work,
  { directUrl }: Addresses,
): Promise<WorkerSide> {
  const worker = {
    connectionString: directUrl,
    concurrentJobs: CONCURRENCY,
    maxPoolSize: CONCURRENCY + 2,
    localQueue: { size: 2 * CONCURRENCY },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
  }
  const runner = await run({
    logger,
    noHandleSignals: true,
    preset: { worker },
    taskList: {
      effect: async () => {
        begun()
        await db.transaction(writeEffect)
      },
    },
  })
  return { close: () => runner.stop() }
}
