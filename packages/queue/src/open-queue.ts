import type { Logger } from "@tintype/observe"
import type { QueuedJob } from "./enqueue.ts"
import { errorText } from "./errors.ts"
import { createFinishWatch } from "./finish-watch.ts"
import { createCensus, type WorkerProcess } from "./presence.ts"
import { DEFAULT_PREFIX, openPromptRedis, openSubscriber, queueKeys } from "./redis.ts"
import { createSender } from "./sender.ts"

export interface QueueOptions {
  redisUrl: string
  log: Logger
  /** Begins every key in Redis: the same as the workers'. */
  prefix?: string
}

/** The side of those who enqueue. None of it is needed for a job to run: it makes that happen at once. */
export interface Queue {
  /**
   * Tells the workers of jobs right after COMMIT: one round trip to Redis, none to Postgres. It never fails and takes
   * half a second at most; what could not be sent, a sweeper sends two seconds later.
   */
  dispatch(jobs: readonly QueuedJob[]): Promise<void>
  /**
   * Waits until a job has ended, done or given up.
   *
   * @param jobId `id` of what `enqueue` returned
   * @param check whether it has ended, asked at the beginning and now and then while Redis does not tell
   * @param unlikelyMs for a job that was dispatched a moment ago: how long it is not worth a look, as long as Redis tells
   * @returns false when the time is over
   */
  waitFor(
    jobId: string,
    timeoutMs: number,
    check: () => Promise<boolean>,
    unlikelyMs?: number,
  ): Promise<boolean>
  /** Worker processes that are there. @throws when Redis does not answer within a second */
  countWorkers(): Promise<number>
  /** The same, with what each tells of itself, by name. @throws when Redis does not answer within a second */
  listWorkers(): Promise<WorkerProcess[]>
  close(): Promise<void>
}

/** Returns at once and connects in the background: a process starts and works without the queue's Redis. */
export function openQueue({ redisUrl, log, prefix = DEFAULT_PREFIX }: QueueOptions): Queue {
  const keys = queueKeys(prefix)
  const redis = openPromptRedis(redisUrl, log)
  const sender = createSender(redis, prefix, log)
  const opened = [redis]
  const census = createCensus(redis, keys)
  const watch = createFinishWatch(() => {
    const subscriber = openSubscriber(redisUrl, log)
    opened.push(subscriber)
    return subscriber
  }, keys)
  return {
    async dispatch(jobs) {
      const unsent = jobs.filter(({ joined }) => !joined)
      try {
        if (unsent.length > 0) await sender.send(unsent)
      } catch (error) {
        log.debug({ jobs: unsent.length, error: errorText(error) }, "jobs are left to the sweeper")
      }
    },
    waitFor: watch.waitFor,
    countWorkers: census.count,
    listWorkers: census.list,
    async close() {
      for (const each of opened) each.disconnect()
    },
  }
}
