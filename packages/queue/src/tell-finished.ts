import type { Logger } from "@tintype/observe"
import type { Redis } from "ioredis"
import { errorText } from "./errors.ts"
import type { QueueKeys } from "./redis.ts"

/** From one time that somebody is told to the next. */
const GAP_MS = 10
/** Beyond this nobody is told: those that wait look for themselves now and then. */
const MOST_HELD = 1_000

/**
 * Tells those that wait for a job that it has ended. A word goes out at once; those of the ten milliseconds after it
 * follow together, as each time costs a worker more than the ends of several jobs. It never waits and never fails.
 */
export function createFinishTeller(redis: Redis, keys: QueueKeys, log: Logger): (jobId: string) => void {
  let held: string[] = []
  let gap: NodeJS.Timeout | undefined

  function tell(): void {
    gap = undefined
    if (held.length === 0) return
    const jobIds = held
    held = []
    if (redis.status !== "ready") return
    const pipeline = redis.pipeline()
    for (const jobId of jobIds) pipeline.publish(keys.finished(jobId), "")
    pipeline
      .exec()
      .catch((error: unknown) => log.debug({ error: errorText(error) }, "no word of finished jobs"))
    gap = setTimeout(tell, GAP_MS)
  }
  return (jobId) => {
    if (held.length < MOST_HELD) held.push(jobId)
    if (!gap) tell()
  }
}
