import type { WorkflowItem, WorkflowRun, WorkflowRunDetails, WorkflowStep } from "@tintype/contract"
import {
  type JobKey,
  listWorkflowItems as listItems,
  listWorkflowRuns as listRuns,
  operateWorkflows,
  type PageRequest,
  readWorkflowRun,
  type WorkflowItemView,
  type WorkflowRunFilter,
  type WorkflowRunView,
  type WorkflowStepView,
} from "@tintype/queue"
import type { Context } from "../context.ts"
import { Conflict, Invalid, NotFound } from "../errors.ts"
import { workflows } from "../jobs.ts"
import type { Operator } from "./operator.ts"
import { type PageView, presentPage } from "./pages.ts"

const momentOf = (date: Date | null) => date?.toISOString() ?? null

const presentRun = (run: WorkflowRunView): WorkflowRun => ({
  owner_id: run.ownerId,
  id: run.id,
  name: run.name,
  state: run.state,
  error: run.error,
  progress: run.progress,
  trace_id: run.traceId,
  created_at: run.createdAt.toISOString(),
  ended_at: momentOf(run.endedAt),
})

/** Results may be long, and are looked at again and again. */
const MOST_SHOWN = 500

const shown = (value: unknown) => JSON.stringify(value).slice(0, MOST_SHOWN)
const shownOrNull = (value: unknown) => (value == null ? null : shown(value))

/** What a signal takes, as this release declares it. */
const expectedBy = (workflow: string, step: string): unknown =>
  workflows
    .find(({ name }) => name === workflow)
    ?.steps.find(({ name, spec }) => name === step && spec.kind === "signal")?.resultSchema ?? null

const presentStep = (workflow: string, step: WorkflowStepView): WorkflowStep => ({
  name: step.name,
  kind: step.kind,
  class: step.class,
  after: step.after,
  state: step.state,
  error: step.error,
  job_id: step.jobId,
  attempts: step.attempts,
  worker: step.worker,
  queued_at: momentOf(step.queuedAt),
  started_at: momentOf(step.startedAt),
  ended_at: momentOf(step.endedAt),
  due_at: momentOf(step.dueAt),
  items: step.items,
  progress: step.progress,
  result: shownOrNull(step.result),
  told: step.wasTold,
  expects: step.kind === "signal" ? expectedBy(workflow, step.name) : null,
})

const presentItem = (item: WorkflowItemView): WorkflowItem => ({
  index: item.index,
  value: shown(item.value),
  state: item.state,
  error: item.error,
  job_id: item.jobId,
  attempts: item.attempts,
  worker: item.worker,
  started_at: momentOf(item.startedAt),
  ended_at: momentOf(item.endedAt),
  due_at: momentOf(item.dueAt),
  result: shownOrNull(item.result),
})

/** Runs of workflows, the newest first. */
export const listWorkflowRuns = async (
  { db }: Context,
  _operator: Operator,
  { filter, page }: { filter: WorkflowRunFilter; page: PageRequest },
): Promise<PageView<WorkflowRun>> => presentPage(await listRuns(db, filter, page), presentRun)

/** One run with its graph. @throws NotFound */
export async function getWorkflowRun(
  { db }: Context,
  _operator: Operator,
  key: JobKey,
): Promise<WorkflowRunDetails> {
  const run = await readWorkflowRun(db, key)
  if (!run) throw new NotFound()
  return { ...presentRun(run), input: run.input, steps: run.steps.map((step) => presentStep(run.name, step)) }
}

/** The items of a step that goes over a list, in the list's order. @throws NotFound when there is no such run */
export async function listWorkflowItems(
  ctx: Context,
  operator: Operator,
  { key, step, page: { after, ...page } }: { key: JobKey; step: string; page: PageRequest },
): Promise<PageView<WorkflowItem>> {
  await getWorkflowRun(ctx, operator, key)
  const index = after === undefined ? {} : { after: indexOf(after) }
  const { items, next } = await listItems(ctx.db, key, step, { ...page, ...index })
  return { items: items.map(presentItem), next: next === undefined ? null : String(next) }
}

function indexOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Invalid("Validation failed: after is no page's next")
  return Number(text)
}

const operations = ({ db, queue }: Context) => operateWorkflows({ db, queue, workflows })

/** Stops a run and has what it did taken back. @throws NotFound when there is no such run, or it goes on no more */
export async function cancelWorkflowRun(
  ctx: Context,
  operator: Operator,
  key: JobKey,
): Promise<WorkflowRunDetails> {
  if (!(await operations(ctx).cancelWorkflowRun(operator.accountId, key))) throw new NotFound()
  return getWorkflowRun(ctx, operator, key)
}

/** Tries a failed step again. @throws Conflict when it cannot be */
export async function retryWorkflowStep(
  ctx: Context,
  operator: Operator,
  { key, step }: { key: JobKey; step: string },
): Promise<WorkflowRunDetails> {
  if (!(await operations(ctx).retryWorkflowStep(operator.accountId, key, step))) {
    throw new Conflict(
      "This step cannot be tried again: it has not failed, or another run of its key goes on.",
    )
  }
  return getWorkflowRun(ctx, operator, key)
}

/**
 * Gives a step the word that it waits for, or will wait for; the first one counts.
 *
 * @throws NotFound when there is no such run; Invalid when the word does not fit the step; Conflict when the step takes
 *   none, or none any more
 */
export async function signalWorkflowStep(
  ctx: Context,
  operator: Operator,
  { key, step, payload }: { key: JobKey; step: string; payload: unknown },
): Promise<WorkflowRunDetails> {
  await getWorkflowRun(ctx, operator, key)
  try {
    const outcome = await operations(ctx).signalWorkflowStep(operator.accountId, key, step, payload)
    if (outcome === "refused") {
      throw new Conflict(
        "This step takes no signal: it waits for none, or has had one, or its run has ended.",
      )
    }
  } catch (error) {
    if (error instanceof TypeError) throw new Invalid(`Validation failed: ${error.message}`)
    throw error
  }
  return getWorkflowRun(ctx, operator, key)
}
