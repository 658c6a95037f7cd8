import { randomUUIDv7 } from "node:crypto"
import { type AccountId, type Db, outbox } from "@tintype/db"
import type { Job, JobClass, PayloadOf } from "./define-job.ts"

/** A statement has room for 65,535 parameters, and a row takes four. */
const MOST_AT_ONCE = 10_000

export interface NewJob {
  job: Job
  /** Whose rows the job works on: the job's own row lies with them. */
  ownerId: AccountId
  payload: unknown
}

/** A job whose row is written: to be dispatched once the transaction is committed. */
export interface QueuedJob {
  id: string
  ownerId: AccountId
  name: string
  class: JobClass
}

/**
 * Writes jobs in the caller's transaction, in one statement. They will run if and only if it commits.
 *
 * @returns what `Queue.dispatch` wants after COMMIT, in the same order
 * @throws TypeError when a payload does not fit its job
 */
export async function enqueueAll(tx: Db, jobs: readonly NewJob[]): Promise<QueuedJob[]> {
  if (jobs.length === 0) return []
  if (jobs.length > MOST_AT_ONCE) throw new RangeError(`${jobs.length} jobs in one statement`)
  const rows = jobs.map(({ job, ownerId, payload }) => {
    if (!job.accepts(payload)) throw new TypeError(`the payload does not fit the job ${job.name}`)
    return { ownerId, id: randomUUIDv7(), name: job.name, payload, class: job.class }
  })
  await tx
    .insert(outbox)
    .values(rows.map(({ ownerId, id, name, payload }) => ({ ownerId, id, name, payload })))
  return rows.map(({ ownerId, id, name, class: jobClass }) => ({ ownerId, id, name, class: jobClass }))
}

/** One job: see `enqueueAll`. */
export async function enqueue<J extends Job>(
  tx: Db,
  job: J,
  ownerId: AccountId,
  payload: PayloadOf<J>,
): Promise<QueuedJob> {
  const [queued] = await enqueueAll(tx, [{ job, ownerId, payload }])
  if (!queued) throw new Error("a job was enqueued and is not there")
  return queued
}
