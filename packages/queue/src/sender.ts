import type { Logger } from "@tintype/observe"
import { type BulkJobOptions, Queue } from "bullmq"
import type { Redis } from "ioredis"
import type { QueuedJob } from "./enqueue.ts"
import { QueueAway } from "./errors.ts"
import type { JobClass } from "./job-class.ts"
import { queueName, readiness } from "./redis.ts"
import { within } from "./within.ts"

/** On the way of a request. */
const SEND_MS = 500

export interface Sender {
  /**
   * Tells the workers of jobs. A job that the queue knows already stays as it is, so that sending twice does no harm.
   *
   * @param ms how long Redis may take; half a second unless told
   * @throws QueueAway after that, at once while Redis is away
   */
  send(jobs: readonly QueuedJob[], ms?: number): Promise<void>
  close(): Promise<void>
}

/** One job is a command, many are a transaction of Redis around theirs. */
async function addTo(queue: Queue, jobs: readonly QueuedJob[]): Promise<void> {
  const all = jobs.map((job) => ({ name: job.name, data: { ownerId: job.ownerId }, opts: bulkOptions(job) }))
  const [only] = all
  if (only && all.length === 1) await queue.add(only.name, only.data, only.opts)
  else await queue.addBulk(all)
}

/** Nothing of a finished job is kept in Redis: what is not done stands in the outbox, and that is what counts. */
const bulkOptions = ({ id, delayMs, priority }: QueuedJob): BulkJobOptions => ({
  jobId: id,
  removeOnComplete: true,
  removeOnFail: true,
  ...(delayMs !== undefined && delayMs > 0 && { delay: delayMs }),
  ...(priority !== undefined && { priority }),
})

export function createSender(redis: Redis, prefix: string, log: Logger): Sender {
  const queues = new Map<JobClass, Queue>()
  const isReady = readiness(redis, SEND_MS)

  const queueOf = (jobClass: JobClass): Queue => {
    const known = queues.get(jobClass)
    if (known) return known
    const options = { connection: redis, prefix, skipVersionCheck: true, skipMetasUpdate: true }
    const queue = new Queue(queueName(jobClass), options)
    queue.on("error", (error) => log.debug({ err: error }, "queue error"))
    queues.set(jobClass, queue)
    return queue
  }

  return {
    async send(jobs, ms = SEND_MS) {
      if (!(await isReady())) throw new QueueAway("the queue's Redis is away")
      const groups = Map.groupBy(jobs, (job) => job.class)
      const adds = [...groups].map(([jobClass, group]) => addTo(queueOf(jobClass), group))
      try {
        await within(ms, Promise.all(adds))
      } catch (cause) {
        throw new QueueAway("jobs could not be sent", { cause })
      }
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
    },
  }
}
