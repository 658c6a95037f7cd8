import { type AccountId, type Db, inTransaction, sqlState, workflowRuns } from "@tintype/db"
import { type AuditAction, noteAudit } from "../audit.ts"
import type { QueuedJob } from "../enqueue.ts"
import type { Queue } from "../open-queue.ts"
import { cancelRun, retryStep, type SignalOutcome, signalRun } from "./change-run.ts"
import type { Workflow } from "./define-workflow.ts"
import { isRun, type RunKey } from "./run-rows.ts"

export interface OperateOptions {
  db: Db
  queue: Pick<Queue, "dispatch">
  workflows: readonly AnyWorkflow[]
}

/** A workflow as far as its graph goes. */
export type AnyWorkflow = Pick<Workflow, "name" | "steps">

/** What an operator does with runs. Each act is one transaction with its note in the audit. */
export interface WorkflowOperations {
  /** Stops a run and has what it did taken back. @returns false when there is no such run, or it goes on no more */
  cancelWorkflowRun(actorId: AccountId, key: RunKey): Promise<boolean>
  /** Tries a failed step again: see `retryStep`. @returns false when it cannot be, or another run of its key goes on */
  retryWorkflowStep(actorId: AccountId, key: RunKey, step: string): Promise<boolean>
  /** Gives a step the word that it waits for. @throws TypeError when the payload does not fit the step */
  signalWorkflowStep(actorId: AccountId, key: RunKey, step: string, payload: unknown): Promise<SignalOutcome>
}

interface Act<Result> {
  result: Result
  /** Whether anything was done. */
  did: boolean
  queued: QueuedJob[]
}

export function operateWorkflows({ db, queue, workflows }: OperateOptions): WorkflowOperations {
  async function act<Result>(
    actorId: AccountId,
    action: AuditAction,
    { ownerId, id }: RunKey,
    detail: object,
    work: (tx: Db) => Promise<Act<Result>>,
  ): Promise<Result> {
    const { result, queued } = await inTransaction(db, async (tx) => {
      const done = await work(tx)
      if (done.did) await noteAudit(tx, actorId, action, [{ subject: id, detail: { ...detail, ownerId } }])
      return done
    })
    await queue.dispatch(queued)
    return result
  }
  const whether = (queued: QueuedJob[] | undefined): Act<boolean> => ({
    result: queued !== undefined,
    did: queued !== undefined,
    queued: queued ?? [],
  })
  return {
    cancelWorkflowRun: (actorId, key) =>
      act(actorId, "workflow.cancel", key, {}, async (tx) => whether(await cancelRun(tx, key))),
    async retryWorkflowStep(actorId, key, step) {
      try {
        return await act(actorId, "workflow.retry", key, { step }, async (tx) =>
          whether(await retryStep(tx, key, step)),
        )
      } catch (error) {
        if (sqlState(error) === "23505") return false
        throw error
      }
    },
    async signalWorkflowStep(actorId, key, step, payload) {
      await checkSignal(db, workflows, key, step, payload)
      return act(actorId, "workflow.signal", key, { step }, async (tx) => {
        const { outcome, queued } = await signalRun(tx, key, step, payload)
        return { result: outcome, did: outcome !== "refused", queued }
      })
    },
  }
}

/** @throws TypeError when a step that this release declares does not take the payload */
async function checkSignal(
  db: Db,
  workflows: readonly AnyWorkflow[],
  key: RunKey,
  step: string,
  payload: unknown,
): Promise<void> {
  const [run] = await db.select({ name: workflowRuns.name }).from(workflowRuns).where(isRun(key))
  const declared = workflows
    .find(({ name }) => name === run?.name)
    ?.steps.find(({ name, spec }) => name === step && spec.kind === "signal")
  if (declared && !declared.result.Check(payload))
    throw new TypeError(`the payload does not fit the step ${step}`)
}
