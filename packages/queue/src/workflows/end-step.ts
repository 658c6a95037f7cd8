import { type AccountId, type Db, workflowItems, workflowRuns, workflowSteps } from "@tintype/db"
import { and, eq, inArray, type SQL, sql } from "drizzle-orm"
import type { QueuedJob } from "../enqueue.ts"
import { AlreadyDone, PermanentFailure } from "../errors.ts"
import { advance, closeStep, startItems } from "./advance.ts"
import { countDone, isRun, isStepOf, lockRun, type RunKey, type RunRow, readStepRow } from "./run-rows.ts"
import { isItemOf } from "./step-jobs.ts"
import { LONGEST_ITEM_RESULT, LONGEST_RESULT, LONGEST_RESULTS, MOST_ITEMS } from "./step-spec.ts"
import { stopRun, undoNext } from "./undo.ts"

/** A piece of work: a step, or one item of it, and the job that does it. */
export interface Piece {
  run: RunKey
  step: string
  item: number | undefined
  jobId: string
}

const LIVE = ["queued", "sleeping", "listening"] as const

type Columns = typeof workflowSteps | typeof workflowItems

const timesOf = (ownerId: AccountId, jobId: string) => {
  const from = (column: SQL) =>
    sql`(select ${column} from outbox where owner_id = ${ownerId}::bigint and id = ${jobId}::uuid)`
  return {
    startedAt: from(sql`started_at`),
    attempts: sql`coalesce(${from(sql`attempts`)}, 0)`,
    endedAt: sql`now()`,
  }
}

const isMine = (table: Columns, jobId: string, states: readonly ("undoing" | (typeof LIVE)[number])[]) =>
  and(eq(table.jobId, jobId), inArray(table.state, [...states]))

/** Writes a piece's new state, if it is still its job's. @returns whether it was */
async function write(
  tx: Db,
  { run, step, item, jobId }: Piece,
  states: Parameters<typeof isMine>[2],
  set: { state: "done" | "failed" | "undone" | "stuck"; result?: SQL; error?: string; sequence?: number },
): Promise<boolean> {
  const times = set.state === "undone" || set.state === "stuck" ? {} : timesOf(run.ownerId, jobId)
  const values = { ...set, ...times }
  const rows =
    item === undefined
      ? await tx
          .update(workflowSteps)
          .set(values)
          .where(and(isStepOf(run, step), isMine(workflowSteps, jobId, states)))
          .returning({ jobId: workflowSteps.jobId })
      : await tx
          .update(workflowItems)
          .set(values)
          .where(and(isItemOf(run, step, item), isMine(workflowItems, jobId, states)))
          .returning({ jobId: workflowItems.jobId })
  return rows.length > 0
}

function textOf(result: unknown, item: number | undefined): string {
  const text = JSON.stringify(result ?? null)
  const longest = item === undefined ? LONGEST_RESULT : LONGEST_ITEM_RESULT
  if (text.length > longest) throw new PermanentFailure(`the result is longer than ${longest} characters`)
  if (Array.isArray(result) && result.length > MOST_ITEMS) {
    throw new PermanentFailure(`the list has more than ${MOST_ITEMS} items`)
  }
  return text
}

/** An item is done: the next one begins, or the step is done too. */
async function afterItem(tx: Db, run: RunRow, step: string, length: number): Promise<QueuedJob[]> {
  const [counts] = await tx
    .update(workflowSteps)
    .set({
      itemsDone: sql`${workflowSteps.itemsDone} + 1`,
      itemsActive: sql`${workflowSteps.itemsActive} - 1`,
      resultBytes: sql`${workflowSteps.resultBytes} + ${length}`,
    })
    .where(isStepOf(run, step))
    .returning({
      done: workflowSteps.itemsDone,
      total: workflowSteps.itemsTotal,
      length: workflowSteps.resultBytes,
    })
  const row = await readStepRow(tx, run, step)
  if (!counts || !row) throw new Error(`the run has no step ${step}`)
  if (counts.length > LONGEST_RESULTS) {
    throw new PermanentFailure(`all results are longer than ${LONGEST_RESULTS} characters`)
  }
  if (counts.done < (counts.total ?? 0)) return startItems(tx, run, row)
  await closeStep(tx, run, row)
  return advance(tx, run)
}

/**
 * Writes down that a piece is done and starts what waited for it, in the transaction of its effect.
 *
 * @param complete ends the piece's job
 * @throws AlreadyDone when it is not its job's any more; PermanentFailure when the result is too long
 */
export async function endPiece(
  tx: Db,
  piece: Piece,
  result: unknown,
  complete: (tx: Db) => Promise<void>,
): Promise<QueuedJob[]> {
  const text = textOf(result, piece.item)
  const run = await lockRun(tx, piece.run)
  if (run?.state !== "running") throw new AlreadyDone("the run goes on no more")
  const sequence = await countDone(tx, run)
  const done = { state: "done", result: sql`${text}::jsonb`, sequence } as const
  if (!(await write(tx, piece, LIVE, done))) throw new AlreadyDone("the step is another job's")
  await complete(tx)
  return piece.item === undefined ? advance(tx, run) : afterItem(tx, run, piece.step, text.length)
}

/** Writes down that a piece is taken back, in the transaction that took it back. @throws AlreadyDone */
export async function endUndo(
  tx: Db,
  piece: Piece,
  complete: (tx: Db) => Promise<void>,
): Promise<QueuedJob[]> {
  const run = await lockRun(tx, piece.run)
  if (run?.state !== "undoing" || !(await write(tx, piece, ["undoing"], { state: "undone" }))) {
    throw new AlreadyDone("the step is not being taken back")
  }
  await complete(tx)
  return undoNext(tx, run)
}

/**
 * A piece failed for good: the run stops, and what it did is taken back.
 *
 * @returns what follows; undefined when the piece is not its job's any more
 */
export async function failPiece(tx: Db, piece: Piece, error: string): Promise<QueuedJob[] | undefined> {
  const run = await lockRun(tx, piece.run)
  if (run?.state !== "running" || !(await write(tx, piece, LIVE, { state: "failed", error })))
    return undefined
  if (piece.item !== undefined) {
    await tx
      .update(workflowSteps)
      .set({ state: "failed", error: `item ${piece.item}: ${error}`, endedAt: sql`now()` })
      .where(isStepOf(run, piece.step))
  }
  return stopRun(tx, run, "failed", `${piece.step}: ${error}`)
}

/** A piece could not be taken back: the rest is, and somebody has to look after it. @returns as `failPiece` */
export async function failUndo(tx: Db, piece: Piece, error: string): Promise<QueuedJob[] | undefined> {
  const run = await lockRun(tx, piece.run)
  if (run?.state !== "undoing") return undefined
  if (!(await write(tx, piece, ["undoing"], { state: "stuck", error }))) return undefined
  const told = `${piece.step} could not be taken back: ${error}`
  await tx
    .update(workflowRuns)
    .set({ outcome: "failed", error: sql`concat_ws('; ', ${workflowRuns.error}, ${told}::text)` })
    .where(isRun(run))
  return undoNext(tx, run)
}
