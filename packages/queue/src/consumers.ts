import type { Logger } from "@tintype/observe"
import { Worker } from "bullmq"
import type { Redis } from "ioredis"
import type { ClassSettings } from "./control/class-settings.ts"
import type { createProcessor } from "./deliveries.ts"
import { asError, errorText } from "./errors.ts"
import { JOB_CLASSES, type JobClass } from "./job-class.ts"
import type { WorkerProcess } from "./presence.ts"
import { queueName } from "./redis.ts"
import { settledWithin } from "./within.ts"

/**
 * The jobs of a process that was killed run again after at most `LOCK_MS + 2 * STALLED_MS`: a search that comes before
 * the time of the last one is over is skipped. A process keeps its jobs as long as its event loop is never blocked for
 * more than `LOCK_MS - RENEW_MS`.
 */
const LOCK_MS = 3_500
const RENEW_MS = 1_000
const STALLED_MS = 500
/** How long an idle worker waits for a job in one go, in seconds. */
const IDLE_SECONDS = 2
/** How long before the end of a shutdown the runs that still go on are aborted. */
const ABORT_MS = 2_000

export type Classes = Partial<Record<JobClass, { concurrency: number }>>

export interface ConsumersOptions {
  /** Its commands wait for Redis; copied for each class. */
  redis: Redis
  prefix: string
  classes: Classes
  processor: ReturnType<typeof createProcessor>
  log: Logger
}

function startConsumer(options: ConsumersOptions, jobClass: JobClass, concurrency: number): Worker {
  const { redis, prefix, processor, log } = options
  const consumer = new Worker(queueName(jobClass), processor, {
    connection: redis,
    prefix,
    concurrency,
    // Not before it is known what the operator told its class.
    autorun: false,
    lockDuration: LOCK_MS,
    lockRenewTime: RENEW_MS,
    stalledInterval: STALLED_MS,
    // The strikes are counted in Postgres, where an innocent neighbour of a job that kills its process gets none.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    drainDelay: IDLE_SECONDS,
    runRetryDelay: 500,
  })
  consumer.on("error", (error) => log.debug({ jobClass, error: errorText(error) }, "queue error"))
  consumer.on("stalled", (jobId) => log.warn({ jobClass, jobId }, "a worker went silent, its job runs again"))
  consumer.on("lockRenewalFailed", (jobIds) =>
    log.warn({ jobClass, jobIds }, "jobs were taken over from this process"),
  )
  return consumer
}

interface Consumer {
  jobClass: JobClass
  /** Jobs at once unless an operator says otherwise. */
  concurrency: number
  worker: Worker
  /** `new`: it has taken no job yet, and waits to be told. */
  state: "new" | "running" | "paused"
}

/** Lets a consumer do as its class is told. Of one that is paused the running jobs go on. */
async function obey(consumer: Consumer, settings: ClassSettings): Promise<void> {
  const { worker, concurrency, state } = consumer
  worker.concurrency = settings.concurrency ?? concurrency
  if (settings.state === "paused") {
    if (state === "running") {
      consumer.state = "paused"
      await worker.pause(true)
    }
  } else if (state === "new") {
    consumer.state = "running"
    worker.run().catch((error: unknown) => worker.emit("error", asError(error)))
  } else if (state === "paused") {
    consumer.state = "running"
    await worker.resume()
  }
}

export type Consumers = ReturnType<typeof startConsumers>

/**
 * Makes BullMQ's workers, one for each class, which take jobs from the first `obey` on. They connect, and reconnect, by
 * themselves.
 */
export function startConsumers(options: ConsumersOptions) {
  const made = JOB_CLASSES.flatMap((jobClass): Consumer[] => {
    const { concurrency } = options.classes[jobClass] ?? {}
    if (concurrency === undefined) return []
    return [{ jobClass, concurrency, worker: startConsumer(options, jobClass, concurrency), state: "new" }]
  })
  const consumers = made.map(({ worker }) => worker)
  let ended = false
  return {
    /** Lets every class do as it is told. @returns how many jobs of each class there may be at once */
    async obey(settings: ReadonlyMap<JobClass, ClassSettings>): Promise<ReadonlyMap<JobClass, number>> {
      for (const consumer of ended ? [] : made) {
        const told = settings.get(consumer.jobClass)
        if (told) await obey(consumer, told)
      }
      return new Map(made.map(({ jobClass, worker }) => [jobClass, worker.concurrency]))
    },
    isPaused: (queue: string): boolean =>
      made.some(({ jobClass, state }) => queueName(jobClass) === queue && state !== "running"),
    describe: (): WorkerProcess["classes"] =>
      made.map(({ jobClass, worker, state }) => ({
        class: jobClass,
        concurrency: worker.concurrency,
        paused: state === "paused",
      })),
    /**
     * Takes no more jobs and waits for the running ones.
     *
     * @param limitMs the longest that this may take
     * @param abort called a while before that if some still run, to make them end
     */
    async close(limitMs: number, abort: () => void): Promise<void> {
      ended = true
      const closing = Promise.all(consumers.map((consumer) => consumer.close()))
      const abortMs = Math.min(ABORT_MS, limitMs / 2)
      if (await settledWithin(limitMs - abortMs, closing)) return
      abort()
      if (await settledWithin(abortMs, closing)) return
      options.log.error("the workers did not stop in time: jobs that still run will be delivered again")
    },
  }
}
