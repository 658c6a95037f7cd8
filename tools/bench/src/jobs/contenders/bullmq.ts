import { Queue, Worker } from "bullmq"
import { Redis } from "ioredis"
import { type Addresses, CONCURRENCY, type Contender, type Work, type WorkerSide } from "./contender.ts"
import { writeEffect, writeOperation } from "./operation.ts"

const NAME = "bench"
const connect = (url: string) => new Redis(url, { maxRetriesPerRequest: null })

/** As it comes: the job is added after COMMIT, and lost if the process dies in between. */
export function openBullmq({ redisUrl }: Addresses): Contender {
  const connection = connect(redisUrl)
  const queue = new Queue(NAME, { connection })
  return {
    async operate(db) {
      await db.transaction(writeOperation)
      const committed = performance.now()
      await queue.add("effect", {}, { removeOnComplete: true, removeOnFail: true })
      return committed
    },
    async close() {
      await queue.close()
      connection.disconnect()
    },
  }
}

export function startBullmq({ db, begun }: Work, { redisUrl }: Addresses): WorkerSide {
  const connection = connect(redisUrl)
  const handle = () => {
    begun()
    return db.transaction(writeEffect)
  }
  const worker = new Worker(NAME, handle, { connection, concurrency: CONCURRENCY })
  return {
    async close() {
      await worker.close()
      connection.disconnect()
    },
  }
}
