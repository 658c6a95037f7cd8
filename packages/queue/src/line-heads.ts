import { QueueKeys } from "bullmq"
import type { Redis } from "ioredis"
import { JOB_CLASSES, type JobClass } from "./job-class.ts"
import { queueName } from "./redis.ts"
import { within } from "./within.ts"

const ANSWER_MS = 500
/** A job's id, which begins with when it was made, in milliseconds since 1970 (UUID v7, RFC 9562). */
const ID = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * When the job was made that comes next in each class's line, for the classes that have one: a line is served in the
 * order in which it was joined, so what was made before is not in it any more, or joined it late.
 */
export type LineHeads = () => Promise<ReadonlyMap<JobClass, Date>>

/** Looks at BullMQ's lists of jobs that wait. What it finds throws when Redis does not answer. */
export function createLineHeads(redis: Redis, prefix: string): LineHeads {
  const keys = new QueueKeys(prefix)
  return async () => {
    const next = JOB_CLASSES.map((each) => redis.lindex(keys.toKey(queueName(each), "wait"), -1))
    const ids = await within(ANSWER_MS, Promise.all(next))
    return new Map(
      JOB_CLASSES.flatMap((each, i) => {
        const [, high, low] = ID.exec(ids[i] ?? "") ?? []
        return high && low ? [[each, new Date(Number.parseInt(high + low, 16))] as const] : []
      }),
    )
  }
}
