import { type Db, workflowItems, workflowRuns, workflowSteps } from "@tintype/db"
import { and, asc, eq, sql } from "drizzle-orm"
import type { QueuedJob } from "../enqueue.ts"
import { countDone, isRun, isStepOf, type RunRow, readGraph, type StepRow } from "./run-rows.ts"
import { enqueueItems, enqueueStep, isItemOf } from "./step-jobs.ts"

/** The results of a step's items, in the list's order. */
const allResults = ({ ownerId, id }: RunRow, step: string) => sql`(
  select coalesce(jsonb_agg(result order by index), '[]') from workflow_items
  where owner_id = ${ownerId}::bigint and run_id = ${id}::uuid and step = ${step})`

/** Ends a step that has no job of its own to do so. The run is locked. */
export async function closeStep(tx: Db, run: RunRow, { step, spec }: StepRow): Promise<void> {
  const sequence = await countDone(tx, run)
  const result = spec.kind === "each" ? allResults(run, step) : sql`${workflowSteps.signal}`
  const startedAt = sql`coalesce(${workflowSteps.startedAt}, now())`
  await tx
    .update(workflowSteps)
    .set({ state: "done", result, sequence, startedAt, endedAt: sql`now()`, jobId: null })
    .where(isStepOf(run, step))
}

/** Lays the list out as items, unless an earlier try of the step has done so. @returns how many there are */
async function layOut(tx: Db, run: RunRow, step: string, over: string): Promise<number> {
  const known = await tx.$count(workflowItems, isItemOf(run, step))
  if (known > 0) return known
  const rows = await tx.execute<{ total: number }>(sql`
    insert into workflow_items (owner_id, run_id, step, index, value)
    select owner_id, run_id, ${step}, ordinality - 1, value
    from workflow_steps, jsonb_array_elements(result) with ordinality
    where owner_id = ${run.ownerId}::bigint and run_id = ${run.id}::uuid and workflow_steps.step = ${over}
    returning 1 as total`)
  return rows.length
}

/** Enqueues waiting items until as many as may are under way. The run is locked. */
export async function startItems(tx: Db, run: RunRow, { step, spec }: StepRow): Promise<QueuedJob[]> {
  const [counts] = await tx
    .select({ active: workflowSteps.itemsActive })
    .from(workflowSteps)
    .where(isStepOf(run, step))
  const room = (spec.width ?? 1) - (counts?.active ?? 0)
  if (room <= 0) return []
  const waiting = await tx
    .select({ index: workflowItems.index })
    .from(workflowItems)
    .where(and(isItemOf(run, step), eq(workflowItems.state, "waiting")))
    .orderBy(asc(workflowItems.index))
    .limit(room)
  const jobs = await enqueueItems(
    tx,
    run,
    { step, spec },
    waiting.map(({ index }) => index),
  )
  await tx
    .update(workflowSteps)
    .set({ itemsActive: sql`${workflowSteps.itemsActive} + ${jobs.length}` })
    .where(isStepOf(run, step))
  return jobs
}

async function startEach(tx: Db, run: RunRow, row: StepRow): Promise<QueuedJob[] | "done"> {
  const itemsTotal = await layOut(tx, run, row.step, row.spec.over ?? "")
  const itemsDone = await tx.$count(
    workflowItems,
    and(isItemOf(run, row.step), eq(workflowItems.state, "done")),
  )
  await tx
    .update(workflowSteps)
    .set({
      state: "active",
      itemsTotal,
      itemsDone,
      itemsActive: 0,
      queuedAt: sql`now()`,
      startedAt: sql`now()`,
    })
    .where(isStepOf(run, row.step))
  if (itemsDone < itemsTotal) return startItems(tx, run, row)
  await closeStep(tx, run, row)
  return "done"
}

async function startStep(tx: Db, run: RunRow, row: StepRow): Promise<QueuedJob[] | "done"> {
  const { step, spec, hasSignal } = row
  const delayMs = (spec.seconds ?? 0) * 1_000
  if (spec.kind === "each") return startEach(tx, run, row)
  if (spec.kind === "sleep") return enqueueStep(tx, run, { step, spec, delayMs }, "sleeping")
  if (spec.kind === "task") return enqueueStep(tx, run, { step, spec }, "queued")
  if (!hasSignal) return enqueueStep(tx, run, { step, spec, delayMs }, "listening")
  await closeStep(tx, run, row)
  return "done"
}

/**
 * Starts every step whose parents are done, and ends the run when all steps are. The run is locked, which is why of
 * two parents that end at the same moment one starts the child.
 *
 * @returns the jobs to be dispatched after COMMIT
 */
export async function advance(tx: Db, run: RunRow): Promise<QueuedJob[]> {
  const waiting = await readGraph(tx, run)
  const done = new Set(waiting.filter(({ state }) => state === "done").map(({ step }) => step))
  const jobs: QueuedJob[] = []
  // In the order of declaration, in which parents come first: one round does, also when steps are done at once.
  for (const row of waiting) {
    if (row.state !== "waiting" || !row.spec.after.every((parent) => done.has(parent))) continue
    const started = await startStep(tx, run, row)
    if (started === "done") done.add(row.step)
    else jobs.push(...started)
  }
  if (done.size === waiting.length) {
    await tx.update(workflowRuns).set({ state: "done", endedAt: sql`now()` }).where(isRun(run))
  }
  return jobs
}
