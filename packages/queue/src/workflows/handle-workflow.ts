import { type Db, inTransaction, workflowItems, workflowRuns, workflowSteps } from "@tintype/db"
import { and, eq, inArray } from "drizzle-orm"
import type { TSchema } from "typebox"
import type { Job } from "../define-job.ts"
import type { QueuedJob } from "../enqueue.ts"
import { PermanentFailure } from "../errors.ts"
import type { Death, DeathHooks, Handlers, Run } from "../handlers.ts"
import type { Queue } from "../open-queue.ts"
import type { DeclaredStep, StepsTypes, Workflow } from "./define-workflow.ts"
import { endPiece, endUndo, failPiece, failUndo, type Piece } from "./end-step.ts"
import { isRun, isStepOf } from "./run-rows.ts"
import { startWorkflow } from "./start-workflow.ts"
import { isItemOf, takeAway } from "./step-jobs.ts"
import { parseSpec, type StepWork } from "./step-spec.ts"
import type { WorkflowHandlers } from "./workflow-handlers.ts"

export interface WorkflowWorkerOptions {
  db: Db
  queue: Pick<Queue, "dispatch">
}

type StepHandler = (run: object) => Promise<unknown>

interface Handling {
  do: StepHandler
  undo?: StepHandler
}

type AnyWorkflow = Pick<Workflow, "name" | "steps" | "startJob" | "unique" | "class" | "jobs">

/** What a piece is given; undefined when it is not its job's any more. */
async function readPiece(db: Db, { run, step, item, jobId }: Piece, undo: boolean) {
  const [row] = await db
    .select({ input: workflowRuns.input, spec: workflowSteps.spec, step: workflowSteps })
    .from(workflowSteps)
    .innerJoin(workflowRuns, and(isRun(run), eq(workflowRuns.state, undo ? "undoing" : "running")))
    .where(isStepOf(run, step))
  if (!row) return undefined
  const [itemRow] =
    item === undefined
      ? []
      : await db
          .select()
          .from(workflowItems)
          .where(isItemOf(run, step, item))
  const piece = item === undefined ? row.step : itemRow
  if (piece?.jobId !== jobId || piece.state === "done" || piece.state === "cancelled") return undefined
  const { after } = parseSpec(row.spec)
  const parents =
    after.length === 0
      ? []
      : await db
          .select({ step: workflowSteps.step, result: workflowSteps.result })
          .from(workflowSteps)
          .where(and(isStepOf(run), inArray(workflowSteps.step, after)))
  const results = Object.fromEntries(parents.map((each) => [each.step, each.result]))
  return { input: row.input, results, item: itemRow?.value, index: item ?? 0, result: piece.result }
}

const progressOf =
  (db: Db, { run, step, jobId }: Piece) =>
  async (done: number, total: number): Promise<void> => {
    await db
      .update(workflowSteps)
      .set({ progressDone: Math.trunc(done), progressTotal: Math.trunc(total) })
      .where(and(isStepOf(run, step), eq(workflowSteps.jobId, jobId)))
  }

/** Runs a piece and writes its end, in the handler's transaction or in one of its own. */
async function runPiece(
  { db, queue }: WorkflowWorkerOptions,
  { result: schema }: DeclaredStep,
  handling: Handling,
  piece: Piece,
  work: StepWork,
  run: Run,
): Promise<void> {
  const given = await readPiece(db, piece, work.undo === true)
  if (!given) return run.complete(db)
  let next: QueuedJob[] = []
  let ended = false
  const end = async (tx: Db, result: unknown) => {
    if (work.undo) next = await endUndo(tx, piece, run.complete)
    else if (!schema.Check(result)) throw new PermanentFailure(`the result of ${piece.step} does not fit`)
    else next = await endPiece(tx, piece, result, run.complete)
    ended = true
  }
  const { ownerId, attempt, signal } = run
  const about = { ownerId, runId: work.runId, attempt, signal, ...given, progress: progressOf(db, piece) }
  const result = await (work.undo ? handling.undo : handling.do)?.({ ...about, complete: end })
  if (!ended) await inTransaction(db, (tx) => end(tx, result))
  await queue.dispatch(next)
}

/** A sleep that is over. A signal that never came fails. */
const waking: Readonly<Record<string, Handling>> = {
  sleep: { do: async () => null },
  signal: {
    do: async () => {
      throw new PermanentFailure("no signal came in time")
    },
  },
}

const asHandling = (handler: StepHandler | Handling | undefined): Handling | undefined =>
  typeof handler === "function" ? { do: handler } : handler

function pieceOf(step: string, work: StepWork, { ownerId, jobId }: Pick<Run, "ownerId" | "jobId">): Piece {
  return { run: { ownerId, id: work.runId }, step, item: work.item, jobId }
}

/**
 * The handlers of a workflow's jobs.
 *
 * @throws Error when a step has no handler
 */
export function handleWorkflow<Name extends string, Input extends TSchema, S extends StepsTypes>(
  options: WorkflowWorkerOptions,
  workflow: Workflow<Name, Input, S>,
  handlers: WorkflowHandlers<Workflow<Name, Input, S>>,
): Handlers<Workflow<Name, Input, S>["jobs"]> {
  // The types tie each step's handler to its declaration, which a look-up by name cannot.
  const untyped = handlers as Readonly<Record<string, StepHandler | Handling | undefined>>
  const made = workflow.steps.map((step) => {
    const handling = waking[step.spec.kind] ?? asHandling(untyped[step.name])
    if (!handling) throw new Error(`the step ${step.job.name} has no handler`)
    const handle = (work: StepWork, run: Run) =>
      runPiece(options, step, handling, pieceOf(step.name, work, run), work, run)
    return [step.job.name, handle] as const
  })
  const start = async (input: unknown, run: Run) => {
    const started = await inTransaction(options.db, async (tx) => {
      const begun = await startWorkflow(tx, workflow as AnyWorkflow, run.ownerId, input)
      await run.complete(tx)
      return begun
    })
    await options.queue.dispatch(started?.queued ?? [])
  }
  return Object.fromEntries([[workflow.startJob.name, start], ...made]) as unknown as Handlers<
    Workflow<Name, Input, S>["jobs"]
  >
}

/** A workflow as far as its jobs go. */
interface JobsOfWorkflow {
  steps: readonly DeclaredStep[]
  jobs: readonly Job[]
}

/**
 * What becomes of a run when a step's job is given up: it fails with it, and the job stays as a dead letter by which the
 * step can be tried again. One whose step waits for it no more goes. What follows is sent by the sweeper.
 *
 * @param workflows all that there are: the run of one that is left out would wait for its step for ever
 */
export function workflowDeathHooks<const W extends JobsOfWorkflow>(
  workflows: readonly W[],
): DeathHooks<readonly W["jobs"][number][]> {
  const steps = workflows.flatMap((workflow) => workflow.steps)
  const hooks = steps.map(({ name, job }) => [job.name, failStep(name)] as const)
  // Each name is a step's own job, which a list cannot tell.
  return Object.fromEntries(hooks) as unknown as DeathHooks<readonly W["jobs"][number][]>
}

const failStep =
  (step: string) =>
  async (tx: Db, work: StepWork, death: Death): Promise<void> => {
    const piece = pieceOf(step, work, death)
    const next = await (work.undo ? failUndo : failPiece)(tx, piece, death.error)
    if (!next) await takeAway(tx, piece.run, [death.jobId])
  }
