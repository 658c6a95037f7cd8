import { type Db, workflowItems, workflowRuns, workflowSteps } from "@tintype/db"
import { and, eq, inArray, isNotNull, sql } from "drizzle-orm"
import type { QueuedJob } from "../enqueue.ts"
import { isRun, isStepOf, type RunRow, readGraph, readStepRow } from "./run-rows.ts"
import { enqueueItems, enqueueStep, takeAway } from "./step-jobs.ts"

const UNDER_WAY = ["queued", "sleeping", "listening", "active", "undoing"] as const

/** Takes the jobs of everything that is under way away. */
async function stopAll(tx: Db, run: RunRow): Promise<void> {
  const steps = await tx
    .update(workflowSteps)
    .set({ state: "cancelled", endedAt: sql`now()` })
    .where(and(isStepOf(run), inArray(workflowSteps.state, [...UNDER_WAY, "waiting"])))
    .returning({ jobId: workflowSteps.jobId })
  const items = await tx
    .update(workflowItems)
    .set({ state: "cancelled", endedAt: sql`now()` })
    .where(
      and(
        eq(workflowItems.ownerId, run.ownerId),
        eq(workflowItems.runId, run.id),
        eq(workflowItems.state, "queued"),
      ),
    )
    .returning({ jobId: workflowItems.jobId })
  await takeAway(
    tx,
    run,
    [...steps, ...items].flatMap(({ jobId }) => jobId ?? []),
  )
}

interface Doing {
  step: string
  index: number | null
}

/** What got done last of all that can be taken back and has not been. */
async function lastDone(tx: Db, run: RunRow): Promise<Doing | undefined> {
  const can = (await readGraph(tx, run)).filter(({ spec }) => spec.undo).map(({ step }) => step)
  if (can.length === 0) return undefined
  const [last] = await tx.execute<{ step: string; index: number | null }>(sql`
    select step, index from (
      select step, null::int as index, sequence from workflow_steps
      where owner_id = ${run.ownerId}::bigint and run_id = ${run.id}::uuid and state = 'done' and items_total is null
        and ${inArray(sql`step`, can)}
      union all
      select step, index, sequence from workflow_items
      where owner_id = ${run.ownerId}::bigint and run_id = ${run.id}::uuid and state = 'done'
        and ${inArray(sql`step`, can)}
    ) as everything order by sequence desc limit 1`)
  return last
}

/** Steps that go over a list are undone when their items are. */
async function closeUndone(tx: Db, run: RunRow): Promise<void> {
  const wide = and(isStepOf(run), eq(workflowSteps.state, "done"), isNotNull(workflowSteps.itemsTotal))
  await tx
    .update(workflowSteps)
    .set({ state: "undone" })
    .where(and(wide, sql`(${workflowSteps.spec} ->> 'undo')::boolean`))
}

/**
 * Takes back what got done last, or ends the run when nothing is left that can be. One at a time, in the order opposite
 * to the one in which it got done. The run is locked.
 */
export async function undoNext(tx: Db, run: RunRow): Promise<QueuedJob[]> {
  const last = await lastDone(tx, run)
  const row = last && (await readStepRow(tx, run, last.step))
  if (!last || !row) {
    await closeUndone(tx, run)
    await tx
      .update(workflowRuns)
      .set({ state: sql`coalesce(${workflowRuns.outcome}, 'failed')`, endedAt: sql`now()` })
      .where(isRun(run))
    return []
  }
  const toDo = { step: last.step, spec: row.spec, undo: true } as const
  if (last.index === null) return enqueueStep(tx, run, toDo, "undoing")
  return enqueueItems(tx, run, toDo, [last.index])
}

/** Stops a run and begins to take back what it did. The run is locked. */
export async function stopRun(
  tx: Db,
  run: RunRow,
  outcome: "failed" | "cancelled",
  error: string | null,
): Promise<QueuedJob[]> {
  await stopAll(tx, run)
  await tx.update(workflowRuns).set({ state: "undoing", outcome, error }).where(isRun(run))
  return undoNext(tx, run)
}
