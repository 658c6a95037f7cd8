import type { Schedule, ScheduleRun } from "@tintype/contract"
import {
  listSchedules as listRows,
  listScheduleRuns as listRuns,
  type PageRequest,
  pauseSchedule,
  resumeSchedule,
  runScheduleNow,
  SYSTEM,
} from "@tintype/queue"
import type { Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import type { Operator } from "./operator.ts"
import { type PageView, presentPage } from "./pages.ts"

/** What the instance does at certain times, by name. */
export async function listSchedules({ db }: Context, _operator: Operator): Promise<Schedule[]> {
  const rows = await listRows(db)
  return rows.map(({ name, job, cron, timeZone, overlap, missed, paused, next }) => {
    const times = next.map((time) => time.toISOString())
    return { name, job, cron, time_zone: timeZone, overlap, missed, paused, next: times }
  })
}

/** What became of a schedule's times, the newest first. */
export async function listScheduleRuns(
  { db }: Context,
  _operator: Operator,
  { name, page }: { name: string; page: PageRequest },
): Promise<PageView<ScheduleRun>> {
  return presentPage(await listRuns(db, name, page), (run) => ({
    planned_at: run.plannedAt.toISOString(),
    cause: run.cause,
    outcome: run.outcome,
    owner_id: SYSTEM,
    job_id: run.jobId,
    started_at: run.startedAt?.toISOString() ?? null,
    finished_at: run.finishedAt?.toISOString() ?? null,
  }))
}

const STEERING = { run: runScheduleNow, pause: pauseSchedule, resume: resumeSchedule } as const

export type ScheduleAct = keyof typeof STEERING

/** Starts a run within two seconds, lets its times pass, or goes on with the next one. @throws NotFound */
export async function steerSchedule(
  { db }: Context,
  { accountId }: Operator,
  { name, act }: { name: string; act: ScheduleAct },
): Promise<void> {
  if (!(await STEERING[act](db, accountId, name))) throw new NotFound()
}
