import { type Db, openDatabase } from "@tintype/db"
import { createLogger } from "@tintype/observe"
import { openQueue, type Queue } from "@tintype/queue"
import type { ChaosSystem } from "../system/chaos-system.ts"
import { PREFIX } from "../system/jobs.ts"

/** Somebody who enqueues jobs of the harness's own, on ways on which nothing is wrong. */
export interface Producer {
  db: Db
  queue: Queue
}

export async function withProducer<T>(
  { system }: ChaosSystem,
  work: (producer: Producer) => Promise<T>,
): Promise<T> {
  const { db, close } = openDatabase({ url: system.stores.DATABASE_URL, poolSize: 4 })
  const log = createLogger("chaos", "silent")
  const queue = openQueue({ redisUrl: system.stores.REDIS_QUEUE_URL, log, prefix: PREFIX })
  try {
    return await work({ db, queue })
  } finally {
    await queue.close()
    await close()
  }
}
