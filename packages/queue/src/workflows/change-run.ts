import { type Db, outbox, workflowItems, workflowRuns, workflowSteps } from "@tintype/db"
import { and, eq, inArray, sql } from "drizzle-orm"
import type { QueuedJob } from "../enqueue.ts"
import { advance, closeStep } from "./advance.ts"
import { isRun, isStepOf, lockRun, type RunKey, type RunRow, readStepRow } from "./run-rows.ts"
import { takeAway } from "./step-jobs.ts"
import { stopRun, undoNext } from "./undo.ts"

/**
 * Stops a run: what is under way has no effect any more, and what was done is taken back as far as it can be.
 *
 * @returns the jobs to be dispatched after COMMIT; undefined when there is no such run, or it goes on no more
 */
export async function cancelRun(tx: Db, key: RunKey): Promise<QueuedJob[] | undefined> {
  const run = await lockRun(tx, key)
  return run?.state === "running" ? stopRun(tx, run, "cancelled", null) : undefined
}

/** `kept` for a step that does not wait yet; `refused` for one that has had its signal, or is none. */
export type SignalOutcome = "taken" | "kept" | "refused"

/** Gives a step the word that it waits for, or will wait for. The first one counts. */
export async function signalRun(
  tx: Db,
  key: RunKey,
  step: string,
  payload: unknown,
): Promise<{ outcome: SignalOutcome; queued: QueuedJob[] }> {
  const run = await lockRun(tx, key)
  const row = run?.state === "running" ? await readStepRow(tx, run, step) : undefined
  const isOpen = row?.state === "waiting" || row?.state === "listening"
  if (!run || row?.spec.kind !== "signal" || row.hasSignal || !isOpen)
    return { outcome: "refused", queued: [] }
  const [had] = await tx
    .update(workflowSteps)
    .set({ signal: sql`${JSON.stringify(payload ?? null)}::jsonb` })
    .where(isStepOf(run, step))
    .returning({ jobId: workflowSteps.jobId })
  if (row.state === "waiting") return { outcome: "kept", queued: [] }
  if (had?.jobId) await takeAway(tx, run, [had.jobId])
  await closeStep(tx, run, row)
  return { outcome: "taken", queued: await advance(tx, run) }
}

const again = {
  state: "waiting",
  error: null,
  jobId: null,
  sequence: null,
  result: null,
  endedAt: null,
} as const
const ENDED = ["failed", "cancelled", "undone"] as const

/** Everything of the run that did not get done, or was taken back, waits again. */
async function reset(tx: Db, run: RunRow): Promise<void> {
  const items = and(eq(workflowItems.ownerId, run.ownerId), eq(workflowItems.runId, run.id))
  await tx
    .update(workflowItems)
    .set(again)
    .where(and(items, inArray(workflowItems.state, [...ENDED])))
  await tx
    .update(workflowSteps)
    .set({ ...again, resultBytes: 0, progressDone: null, progressTotal: null })
    .where(and(isStepOf(run), inArray(workflowSteps.state, [...ENDED])))
}

/** Whether the step, or one of its items, is in that state; any step of the run if none is given. */
async function hasState(
  tx: Db,
  { ownerId, id }: RunKey,
  state: "failed" | "stuck",
  step: string | null = null,
): Promise<boolean> {
  const isMeant = sql`owner_id = ${ownerId}::bigint and run_id = ${id}::uuid and state = ${state}
    and step = coalesce(${step}::text, step)`
  const [row] = await tx.execute<{ found: boolean }>(sql`
    select exists (select from workflow_steps where ${isMeant})
      or exists (select from workflow_items where ${isMeant}) as found`)
  return row?.found === true
}

/** Removes the dead letters of what failed, or could not be taken back: it gets jobs of its own again. */
async function clearLetters(
  tx: Db,
  { ownerId, id }: RunKey,
  state: "failed" | "stuck",
  step: string | null = null,
): Promise<void> {
  const isMeant = sql`owner_id = ${ownerId}::bigint and run_id = ${id}::uuid and state = ${state}
    and step = coalesce(${step}::text, step)`
  await tx.execute(sql`
    delete from outbox where owner_id = ${ownerId}::bigint and dead_at is not null and id in (
      select job_id from workflow_steps where ${isMeant} union all select job_id from workflow_items where ${isMeant})`)
}

/** Takes the step back once more. */
async function unstick(tx: Db, run: RunRow, step: string): Promise<QueuedJob[]> {
  await clearLetters(tx, run, "stuck", step)
  const done = { state: "done", error: null } as const
  await tx.update(workflowRuns).set({ state: "undoing", endedAt: null }).where(isRun(run))
  await tx
    .update(workflowSteps)
    .set(done)
    .where(and(isStepOf(run, step), eq(workflowSteps.state, "stuck")))
  const items = and(eq(workflowItems.ownerId, run.ownerId), eq(workflowItems.runId, run.id))
  await tx
    .update(workflowItems)
    .set(done)
    .where(and(items, eq(workflowItems.step, step), eq(workflowItems.state, "stuck")))
  return undoNext(tx, run)
}

/**
 * Tries a failed step of a failed run again, with all its attempts: the run goes on from there. What was taken back
 * because of the failure is done anew; what was done and not taken back is not. Or, of a step that could not be taken
 * back, tries that again.
 *
 * @returns the jobs to be dispatched; undefined when there is nothing to be tried again, or something is left that could
 *   not be taken back
 * @throws the database's 23505 when another run of the key has begun meanwhile
 */
export async function retryStep(tx: Db, key: RunKey, step: string): Promise<QueuedJob[] | undefined> {
  const run = await lockRun(tx, key)
  if (!run?.endedAt) return undefined
  if (await hasState(tx, run, "stuck", step)) return unstick(tx, run, step)
  if (run.state !== "failed" || !(await hasState(tx, run, "failed", step))) return undefined
  if (await hasState(tx, run, "stuck")) return undefined
  await clearLetters(tx, run, "failed")
  await reset(tx, run)
  await tx
    .update(workflowRuns)
    .set({ state: "running", outcome: null, error: null, endedAt: null })
    .where(isRun(run))
  return advance(tx, { ...run, state: "running" })
}

/** Of a run that does not go on by itself: a step waits for a job that is gone. */
export interface Stranded {
  ownerId: RunKey["ownerId"]
  runId: string
  step: string
  item: number | null
  jobId: string
  undoing: boolean
}

/** Steps and items whose job is no more, by hand or by mistake, for more than a minute; 100 at most. */
export async function findStranded(db: Db): Promise<Stranded[]> {
  const rows = await db.execute<{
    owner_id: RunKey["ownerId"]
    run_id: string
    step: string
    index: number | null
    job_id: string
    undoing: boolean
  }>(sql`
    select owner_id, run_id, step, index, job_id, state = 'undoing' as undoing from (
      select owner_id, run_id, step, null::int as index, job_id, state, queued_at from workflow_steps
      where job_id is not null and state in ('queued', 'sleeping', 'listening', 'undoing')
      union all
      select owner_id, run_id, step, index, job_id, state, queued_at from workflow_items
      where job_id is not null and state in ('queued', 'undoing')) as piece
    where queued_at < now() - interval '1 minute'
      and not exists (select from ${outbox} where ${outbox.ownerId} = piece.owner_id and ${outbox.id} = piece.job_id)
    limit 100`)
  return rows.map((row) => ({
    ownerId: row.owner_id,
    runId: row.run_id,
    step: row.step,
    item: row.index,
    jobId: row.job_id,
    undoing: row.undoing,
  }))
}
