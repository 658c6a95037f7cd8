import {
  dropOldRuns,
  forgetDeadLetters,
  forgetMinutes,
  forgetScheduleRuns,
  forgetWorkflowRuns,
} from "@tintype/queue"
import type { Context } from "./context.ts"
import { inBatches } from "./in-batches.ts"

/** How long it is told how runs ended, in days; how long dead letters wait, and how many. */
const RUN_DAYS = 14
const MINUTE_DAYS = 14
const SCHEDULE_DAYS = 90
const DEAD_DAYS = 90
const MOST_DEAD = 100_000
/** How long runs of workflows that have ended are told of, in days, and how many. */
const WORKFLOW_DAYS = 30
const MOST_WORKFLOW_RUNS = 100_000

/** Keeps what is known of jobs within bounds. */
export async function sweepHistory({ db, log }: Context, signal: AbortSignal): Promise<void> {
  const dropped = await dropOldRuns(db, RUN_DAYS)
  const schedules = await inBatches(signal, () => forgetScheduleRuns(db, SCHEDULE_DAYS))
  await inBatches(signal, () => forgetMinutes(db, MINUTE_DAYS))
  const dead = await inBatches(signal, () => forgetDeadLetters(db, DEAD_DAYS, MOST_DEAD))
  const workflows = await inBatches(signal, () => forgetWorkflowRuns(db, WORKFLOW_DAYS, MOST_WORKFLOW_RUNS))
  log.info({ dropped, schedules, dead, workflows }, "the history of jobs was swept")
}
