import { type Db, outbox, workflowItems, workflowSteps } from "@tintype/db"
import { and, eq, inArray, sql } from "drizzle-orm"
import { defineJob, type Job } from "../define-job.ts"
import { enqueueAll, type QueuedJob } from "../enqueue.ts"
import { JOB_CLASSES } from "../job-class.ts"
import { isStepOf, type RunKey, type RunRow } from "./run-rows.ts"
import { StepPayload, type StepSpec } from "./step-spec.ts"

/**
 * The job of a step as whoever enqueues it needs it. The process may not know the step: its run may be another
 * release's, whose workers will take the job.
 */
function jobOf(workflow: string, step: string, spec: StepSpec): Job {
  const jobClass = JOB_CLASSES.find((each) => each === spec.class)
  if (!jobClass) throw new Error(`no class of jobs: ${spec.class}`)
  return defineJob({
    name: `${workflow}.${step}`,
    class: jobClass,
    payload: StepPayload,
    attempts: 1,
    backoffMs: [0, 0],
    deadlineSeconds: 1,
  })
}

interface ToDo {
  step: string
  spec: StepSpec
  undo?: true
  delayMs?: number
}

/** Enqueues the job of a step and notes it. The run is locked. */
export async function enqueueStep(
  tx: Db,
  run: RunRow,
  { step, spec, undo, delayMs = 0 }: ToDo,
  state: "queued" | "sleeping" | "listening" | "undoing",
): Promise<QueuedJob[]> {
  const payload = { runId: run.id, ...(undo && { undo }) }
  const job = { job: jobOf(run.name, step, spec), ownerId: run.ownerId, payload, delayMs }
  const queued = await enqueueAll(tx, [job])
  const begun = undo ? {} : { startedAt: null, endedAt: null, attempts: 0 }
  await tx
    .update(workflowSteps)
    .set({ state, jobId: queued[0]?.id ?? null, queuedAt: sql`now()`, ...begun })
    .where(isStepOf(run, step))
  return queued
}

/** Enqueues the jobs of items and notes them, in two statements. The run is locked. */
export async function enqueueItems(
  tx: Db,
  run: RunRow,
  { step, spec, undo }: ToDo,
  indexes: readonly number[],
): Promise<QueuedJob[]> {
  if (indexes.length === 0) return []
  const job = jobOf(run.name, step, spec)
  const queued = await enqueueAll(
    tx,
    indexes.map((item) => ({
      job,
      ownerId: run.ownerId,
      payload: { runId: run.id, item, ...(undo && { undo }) },
    })),
  )
  const pairs = JSON.stringify(indexes.map((index, i) => ({ index, job: queued[i]?.id })))
  await tx.execute(sql`
    update workflow_items as item
    set state = ${undo ? "undoing" : "queued"}, job_id = given.job, queued_at = now()
    from json_to_recordset(${pairs}::json) as given (index int, job uuid)
    where item.owner_id = ${run.ownerId}::bigint and item.run_id = ${run.id}::uuid and item.step = ${step}
      and item.index = given.index`)
  return queued
}

export const isItemOf = ({ ownerId, id }: RunKey, step: string, index?: number) =>
  and(
    eq(workflowItems.ownerId, ownerId),
    eq(workflowItems.runId, id),
    eq(workflowItems.step, step),
    index === undefined ? undefined : eq(workflowItems.index, index),
  )

/** Takes a job away: if it runs, it can have no effect any more and its process notices within a second or two. */
export async function takeAway(tx: Db, key: RunKey, jobIds: readonly string[]): Promise<void> {
  if (jobIds.length === 0) return
  await tx.delete(outbox).where(and(eq(outbox.ownerId, key.ownerId), inArray(outbox.id, [...jobIds])))
}
