import { randomUUIDv7 } from "node:crypto"
import { type AccountId, type Db, workflowRuns, workflowSteps } from "@tintype/db"
import { currentTrace } from "@tintype/observe"
import { sql } from "drizzle-orm"
import type { Static, TSchema } from "typebox"
import { LONGEST_PAYLOAD, type QueuedJob } from "../enqueue.ts"
import { advance } from "./advance.ts"
import type { StepsTypes, Workflow } from "./define-workflow.ts"

export interface StartedRun {
  id: string
  /** What `Queue.dispatch` wants after COMMIT. */
  queued: QueuedJob[]
}

/**
 * Starts a run in the caller's transaction: it goes on if and only if that commits.
 *
 * @param ownerId whose rows it works on: its own rows and jobs lie with them
 * @returns undefined when another run of its key goes on
 * @throws TypeError when the input does not fit; RangeError when it is too long
 */
export async function startWorkflow<Input extends TSchema, S extends StepsTypes>(
  tx: Db,
  workflow: Workflow<string, Input, S>,
  ownerId: AccountId,
  input: Static<Input>,
): Promise<StartedRun | undefined> {
  if (!workflow.startJob.accepts(input)) throw new TypeError(`the input does not fit ${workflow.name}`)
  if (JSON.stringify(input).length > LONGEST_PAYLOAD)
    throw new RangeError(`the input of ${workflow.name} is too long`)
  const [run] = await tx
    .insert(workflowRuns)
    .values({
      ownerId,
      id: randomUUIDv7(),
      name: workflow.name,
      input,
      uniqueKey: workflow.unique?.(input) ?? null,
      traceId: currentTrace() ?? null,
    })
    .onConflictDoNothing({
      target: [workflowRuns.ownerId, workflowRuns.name, workflowRuns.uniqueKey],
      where: sql`unique_key is not null and ended_at is null`,
    })
    .returning()
  if (!run) return undefined
  await tx.insert(workflowSteps).values(
    workflow.steps.map(({ name: step, spec }, position) => ({
      ownerId,
      runId: run.id,
      step,
      position,
      spec,
    })),
  )
  return { id: run.id, queued: await advance(tx, run) }
}
