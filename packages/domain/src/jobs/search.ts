import type { JobRun, UnfinishedJob } from "@tintype/contract"
import {
  type JobFilter,
  type PageRequest,
  type JobRun as Run,
  type RunFilter,
  searchJobs as searchQueue,
  searchRuns,
  type UnfinishedJob as Unfinished,
} from "@tintype/queue"
import type { Context } from "../context.ts"
import type { Operator } from "./operator.ts"
import { type PageView, presentPage } from "./pages.ts"

const momentOf = (date: Date | null) => date?.toISOString() ?? null

export const presentJob = (job: Unfinished): UnfinishedJob => ({
  owner_id: job.ownerId,
  id: job.id,
  name: job.name,
  class: job.class,
  state: job.state,
  payload: job.payload,
  attempts: job.attempts,
  failures: job.failures,
  last_error: job.lastError,
  created_at: job.createdAt.toISOString(),
  due_at: job.dueAt.toISOString(),
  started_at: momentOf(job.startedAt),
  worker: job.worker,
  trace_id: job.traceId,
})

export const presentRun = (run: Run): JobRun => ({
  id: run.id,
  job_id: run.jobId,
  owner_id: run.ownerId,
  name: run.name,
  class: run.class,
  attempt: run.attempt,
  state: run.state,
  queued_at: run.queuedAt.toISOString(),
  due_at: momentOf(run.dueAt),
  started_at: momentOf(run.startedAt),
  finished_at: run.finishedAt.toISOString(),
  worker: run.worker,
  error: run.error,
  trace_id: run.traceId,
})

/** Jobs that are neither done nor given up, the one that should run first first. */
export const searchJobs = async (
  { db }: Context,
  _operator: Operator,
  { filter, page }: { filter: JobFilter; page: PageRequest },
): Promise<PageView<UnfinishedJob>> => presentPage(await searchQueue(db, filter, page), presentJob)

/** Runs that have ended, the newest first. */
export const searchJobRuns = async (
  { db }: Context,
  _operator: Operator,
  { filter, page }: { filter: RunFilter; page: PageRequest },
): Promise<PageView<JobRun>> => presentPage(await searchRuns(db, filter, page), presentRun)
