import { type AccountId, type Db, sqlState, workflowRuns } from "@tintype/db"
import { sql } from "drizzle-orm"
import { Compile } from "typebox/compile"
import type { QueuedJob } from "../enqueue.ts"
import { retryStep } from "./change-run.ts"
import { StepPayload } from "./step-spec.ts"

/** What a dead letter's row says of itself. */
export interface Letter {
  ownerId: AccountId
  id: string
  name: string
  payload: unknown
}

export interface StepLetter extends Letter {
  runId: string
  step: string
  /** Whether it is the taking back that failed. */
  undo: boolean
}

const Work = Compile(StepPayload)

/** Those of the letters that are jobs of a workflow's steps, with the run that waits for them. */
export async function stepLetters(db: Db, letters: readonly Letter[]): Promise<StepLetter[]> {
  const candidates = letters.flatMap((letter) => {
    const { payload } = letter
    return Work.Check(payload) ? [{ letter, runId: payload.runId, undo: payload.undo === true }] : []
  })
  if (candidates.length === 0) return []
  const pairs = candidates.map(({ letter, runId }) => sql`(${letter.ownerId}::bigint, ${runId}::uuid)`)
  const runs = await db
    .select({ ownerId: workflowRuns.ownerId, id: workflowRuns.id, name: workflowRuns.name })
    .from(workflowRuns)
    .where(sql`(${workflowRuns.ownerId}, ${workflowRuns.id}) in (${sql.join(pairs, sql`, `)})`)
  const names = new Map(runs.map(({ ownerId, id, name }) => [`${ownerId} ${id}`, `${name}.`]))
  return candidates.flatMap(({ letter, runId, undo }) => {
    const prefix = names.get(`${letter.ownerId} ${runId}`)
    if (prefix === undefined || !letter.name.startsWith(prefix)) return []
    return [{ ...letter, runId, undo, step: letter.name.slice(prefix.length) }]
  })
}

/**
 * Tries the step of a dead letter again, as `retryStep` does; the letter goes, and those of the run's other failures.
 *
 * @returns the jobs to be dispatched; undefined when the step cannot be tried again now, or another run of its key goes on
 */
export async function retryLetter(
  tx: Db,
  { ownerId, runId, step }: StepLetter,
): Promise<QueuedJob[] | undefined> {
  try {
    return await tx.transaction((savepoint) => retryStep(savepoint, { ownerId, id: runId }, step))
  } catch (error) {
    if (sqlState(error) === "23505") return undefined
    throw error
  }
}
