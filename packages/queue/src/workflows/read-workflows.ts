import {
  type AccountId,
  type Db,
  outbox,
  type WorkflowRunState,
  type WorkflowStepState,
  workflowItems,
  workflowRuns,
  workflowSteps,
} from "@tintype/db"
import { and, asc, desc, eq, getTableColumns, gt, gte, inArray, lt, sql } from "drizzle-orm"
import { limitOf, type Page, type PageRequest, pageOf, placeOf } from "../pages.ts"
import { isRun, isStepOf, type RunKey } from "./run-rows.ts"
import { isItemOf } from "./step-jobs.ts"
import { parseSpec, type StepKind } from "./step-spec.ts"

/** Which runs: all conditions that are given hold. */
export interface WorkflowRunFilter {
  name?: string
  state?: WorkflowRunState
  ownerId?: AccountId
  /** Begun at or after, and before. */
  from?: Date
  to?: Date
}

export interface WorkflowRunView {
  ownerId: AccountId
  id: string
  name: string
  state: WorkflowRunState
  error: string | null
  /** Steps, and items of steps whose list is known, that are done, and how many there are. */
  progress: { done: number; total: number }
  traceId: string | null
  createdAt: Date
  endedAt: Date | null
}

/** As its row says; `running` while a worker has its job. */
export type StepStateView = WorkflowStepState | "running"

/** A step or an item, and the job that does it. */
interface WorkView {
  state: StepStateView
  /** Why it failed, or its newest run did. */
  error: string | null
  jobId: string | null
  attempts: number
  worker: string | null
  queuedAt: Date | null
  startedAt: Date | null
  endedAt: Date | null
  /** Until when it sleeps, listens, or waits for its next attempt. */
  dueAt: Date | null
  result: unknown
}

export interface WorkflowStepView extends WorkView {
  name: string
  kind: StepKind
  class: string
  /** The steps that it waits for: the graph's edges. */
  after: string[]
  canBeUndone: boolean
  /** Of a signal: it has had its word, maybe before it waits for it. */
  wasTold: boolean
  /** Of a step that goes over a list, once that is known. */
  items: { total: number; done: number; active: number } | null
  /** As the step itself tells it. */
  progress: { done: number; total: number } | null
}

export interface WorkflowItemView extends WorkView {
  index: number
  value: unknown
}

export interface WorkflowRunDetails extends WorkflowRunView {
  input: unknown
  /** In the order of declaration: parents before children. */
  steps: WorkflowStepView[]
}

const steps = sql`from workflow_steps where owner_id = ${workflowRuns.ownerId} and run_id = ${workflowRuns.id}`
const RUN = {
  ownerId: workflowRuns.ownerId,
  id: workflowRuns.id,
  name: workflowRuns.name,
  state: workflowRuns.state,
  error: workflowRuns.error,
  traceId: workflowRuns.traceId,
  createdAt: workflowRuns.createdAt,
  endedAt: workflowRuns.endedAt,
  done: sql<number>`(select coalesce(sum(items_done + (state = 'done')::int), 0)::int ${steps})`,
  total: sql<number>`(select coalesce(sum(coalesce(items_total, 0) + 1), 0)::int ${steps})`,
}

const viewOf = <R extends { done: number; total: number }>({ done, total, ...run }: R) => ({
  ...run,
  progress: { done, total },
})

/** Runs of workflows, the newest first. */
export async function listWorkflowRuns(
  db: Db,
  filter: WorkflowRunFilter = {},
  request: PageRequest = {},
): Promise<Page<WorkflowRunView>> {
  const limit = limitOf(request)
  const place = placeOf(request)
  const rows = await db
    .select(RUN)
    .from(workflowRuns)
    .where(
      and(
        filter.name === undefined ? undefined : eq(workflowRuns.name, filter.name),
        filter.state && eq(workflowRuns.state, filter.state),
        filter.ownerId && eq(workflowRuns.ownerId, filter.ownerId),
        filter.from && gte(workflowRuns.createdAt, filter.from),
        filter.to && lt(workflowRuns.createdAt, filter.to),
        place && sql`(created_at, id) < (${place.at.toISOString()}::timestamptz, ${place.id}::uuid)`,
      ),
    )
    .orderBy(desc(workflowRuns.createdAt), desc(workflowRuns.id))
    .limit(limit + 1)
  return pageOf(rows.map(viewOf), limit, ({ createdAt, id }) => ({ at: createdAt, id }))
}

type WorkRow = Pick<
  typeof workflowSteps.$inferSelect,
  "state" | "error" | "jobId" | "attempts" | "queuedAt" | "startedAt" | "endedAt" | "result"
>
type LiveJob = Pick<
  typeof outbox.$inferSelect,
  "id" | "unreported" | "attempts" | "lastError" | "worker" | "startedAt" | "dueAt"
>

/** The jobs of what is under way. */
async function liveJobs(
  db: Db,
  { ownerId }: RunKey,
  rows: readonly WorkRow[],
): Promise<Map<string, LiveJob>> {
  const ids = rows.flatMap(({ jobId }) => jobId ?? [])
  if (ids.length === 0) return new Map()
  const jobs = await db
    .select({
      id: outbox.id,
      unreported: outbox.unreported,
      attempts: outbox.attempts,
      lastError: outbox.lastError,
      worker: outbox.worker,
      startedAt: outbox.startedAt,
      dueAt: outbox.dueAt,
    })
    .from(outbox)
    .where(and(eq(outbox.ownerId, ownerId), inArray(outbox.id, ids)))
  return new Map(jobs.map((job) => [job.id, job]))
}

function workView(row: WorkRow, jobs: ReadonlyMap<string, LiveJob>): WorkView {
  const { state, error, jobId, attempts, queuedAt, startedAt, endedAt, result } = row
  const job = jobs.get(jobId ?? "")
  const common = { jobId, queuedAt, endedAt, result }
  if (!job) return { ...common, state, error, attempts, startedAt, worker: null, dueAt: null }
  const isRunning = state === "queued" && job.unreported > 0
  return {
    ...common,
    state: isRunning ? "running" : state,
    error: error ?? job.lastError,
    attempts: job.attempts,
    startedAt: job.startedAt,
    worker: job.worker,
    dueAt: isRunning ? null : job.dueAt,
  }
}

/** A signal may bring JSON's null. */
const STEP = { ...getTableColumns(workflowSteps), wasTold: sql<boolean>`${workflowSteps.signal} is not null` }

function stepView(
  row: typeof workflowSteps.$inferSelect & { wasTold: boolean },
  jobs: ReadonlyMap<string, LiveJob>,
): WorkflowStepView {
  const { kind, class: jobClass, after, undo } = parseSpec(row.spec)
  const { itemsTotal: total, itemsDone: done, itemsActive: active, progressDone, progressTotal } = row
  return {
    name: row.step,
    kind,
    class: jobClass,
    after,
    canBeUndone: undo,
    wasTold: row.wasTold,
    ...workView(row, jobs),
    items: total === null ? null : { total, done, active },
    progress: progressTotal === null ? null : { done: progressDone ?? 0, total: progressTotal },
  }
}

/** A run with its graph, and how far each step is. */
export async function readWorkflowRun(db: Db, key: RunKey): Promise<WorkflowRunDetails | undefined> {
  const [run] = await db
    .select({ ...RUN, input: workflowRuns.input })
    .from(workflowRuns)
    .where(isRun(key))
  if (!run) return undefined
  const rows = await db
    .select(STEP)
    .from(workflowSteps)
    .where(isStepOf(key))
    .orderBy(asc(workflowSteps.position))
  const jobs = await liveJobs(db, key, rows)
  return { ...viewOf(run), steps: rows.map((row) => stepView(row, jobs)) }
}

/** The items of a step in the list's order, and where the next page begins: `after` is the last one's index. */
export async function listWorkflowItems(
  db: Db,
  key: RunKey,
  step: string,
  { after, ...request }: { limit?: number; after?: number } = {},
): Promise<{ items: WorkflowItemView[]; next?: number }> {
  const limit = limitOf(request)
  const rows = await db
    .select()
    .from(workflowItems)
    .where(and(isItemOf(key, step), after === undefined ? undefined : gt(workflowItems.index, after)))
    .orderBy(asc(workflowItems.index))
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  const jobs = await liveJobs(db, key, page)
  const items = page.map((row) => ({ index: row.index, value: row.value, ...workView(row, jobs) }))
  const last = rows.length > limit ? items.at(-1)?.index : undefined
  return last === undefined ? { items } : { items, next: last }
}
