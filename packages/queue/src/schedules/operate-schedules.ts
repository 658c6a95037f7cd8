import { type AccountId, type Db, inTransaction, jobRuns, outbox, scheduleRuns, schedules } from "@tintype/db"
import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm"
import { Type } from "typebox"
import { Compile } from "typebox/compile"
import { noteAudit } from "../audit.ts"
import { limitOf, type Page, type PageRequest, pageOf, placeOf } from "../pages.ts"
import { timesAfter } from "./define-schedule.ts"
import { SYSTEM } from "./start-due.ts"

/** A schedule as an operator sees it. */
export interface ScheduleView {
  name: string
  job: string
  cron: string
  timeZone: string
  overlap: string
  missed: string
  paused: boolean
  /** The next times, five of them; none while it is paused. */
  next: Date[]
}

/** What became of one time of a schedule. */
export interface ScheduleRunView {
  plannedAt: Date
  /** `time`, `late` when it was made up for, `hand` when somebody wanted it. */
  cause: string
  /** How its job ended, or `running`; `skipped`, `missed` or `replaced` when it had none to the end. */
  outcome: string
  jobId: string | null
  startedAt: Date | null
  finishedAt: Date | null
}

const Text = Type.String()
const Spec = Compile(Type.Object({ cron: Text, timeZone: Text, overlap: Text, missed: Text, job: Text }))

/** All schedules, by name. */
export async function listSchedules(db: Db): Promise<ScheduleView[]> {
  const rows = await db.select().from(schedules).orderBy(schedules.name)
  return rows.map(({ name, spec, pausedAt, nextAt }) => {
    const timing = Spec.Parse(JSON.parse(spec))
    const next = pausedAt ? [] : [nextAt, ...timesAfter(timing, nextAt, 4)]
    return { name, ...timing, paused: pausedAt !== null, next }
  })
}

/** Starts a run within a second or two, also of one that is paused. @returns false when there is no such schedule */
export const runScheduleNow = (db: Db, actorId: AccountId, name: string): Promise<boolean> =>
  change(db, actorId, name, "schedule.run", { wantedBy: actorId })

/** Lets its times pass, for good. @returns false when there is no such schedule */
export const pauseSchedule = (db: Db, actorId: AccountId, name: string): Promise<boolean> =>
  change(db, actorId, name, "schedule.pause", { pausedAt: sql`coalesce(${schedules.pausedAt}, now())` })

/** Goes on with the next time to come. @returns false when there is no such schedule */
export async function resumeSchedule(db: Db, actorId: AccountId, name: string): Promise<boolean> {
  const [row] = await db.select({ spec: schedules.spec }).from(schedules).where(eq(schedules.name, name))
  if (!row) return false
  const [nextAt] = timesAfter(Spec.Parse(JSON.parse(row.spec)), new Date(), 1)
  return change(db, actorId, name, "schedule.resume", { pausedAt: null, ...(nextAt && { nextAt }) })
}

const change = (
  db: Db,
  actorId: AccountId,
  name: string,
  action: "schedule.run" | "schedule.pause" | "schedule.resume",
  set: Parameters<ReturnType<typeof db.update<typeof schedules>>["set"]>[0],
): Promise<boolean> =>
  inTransaction(db, async (tx) => {
    const rows = await tx
      .update(schedules)
      .set(set)
      .where(eq(schedules.name, name))
      .returning({ name: schedules.name })
    if (rows.length > 0) await noteAudit(tx, actorId, action, [{ subject: name, detail: {} }])
    return rows.length > 0
  })

/** What became of a schedule's times, the newest first. */
export async function listScheduleRuns(
  db: Db,
  name: string,
  request: PageRequest = {},
): Promise<Page<ScheduleRunView>> {
  const limit = limitOf(request)
  const place = placeOf(request)
  const before = place && sql`(planned_at, id) < (${place.at.toISOString()}::timestamptz, ${place.id}::uuid)`
  const rows = await db
    .select()
    .from(scheduleRuns)
    .where(and(eq(scheduleRuns.schedule, name), before))
    .orderBy(desc(scheduleRuns.plannedAt), desc(scheduleRuns.id))
    .limit(limit + 1)
  const ids = rows.flatMap(({ jobId }) => jobId ?? [])
  const [ended, going] =
    ids.length > 0 ? await Promise.all([endedRuns(db, ids), unfinished(db, ids)]) : [[], []]
  const endOf = new Map(ended.map((run) => [run.jobId, run]))
  const { items, next } = pageOf(rows, limit, ({ plannedAt, id }) => ({ at: plannedAt, id }))
  const views = items.map(({ plannedAt, cause, outcome, jobId }) => {
    const end = jobId ? endOf.get(jobId) : undefined
    const known =
      outcome === "queued" ? (going.includes(jobId ?? "") ? "running" : (end?.state ?? outcome)) : outcome
    const { startedAt = null, finishedAt = null } = end ?? {}
    return { plannedAt, cause, outcome: known, jobId, startedAt, finishedAt }
  })
  return next === undefined ? { items: views } : { items: views, next }
}

/** The newest run of each job. */
const endedRuns = (db: Db, ids: readonly string[]) =>
  db
    .selectDistinctOn([jobRuns.jobId], {
      jobId: jobRuns.jobId,
      state: jobRuns.state,
      startedAt: jobRuns.startedAt,
      finishedAt: jobRuns.finishedAt,
    })
    .from(jobRuns)
    .where(inArray(jobRuns.jobId, [...ids]))
    .orderBy(jobRuns.jobId, desc(jobRuns.finishedAt))

async function unfinished(db: Db, ids: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(eq(outbox.ownerId, SYSTEM), inArray(outbox.id, [...ids]), isNull(outbox.deadAt)))
  return rows.map(({ id }) => id)
}

/** Forgets what is older than `days` days, 1000 times at most. @returns how many; 0 when nothing is left */
export async function forgetScheduleRuns(db: Db, days: number): Promise<number> {
  const gone = await db.execute(sql`
    delete from schedule_runs where (schedule, planned_at, id) in (
      select schedule, planned_at, id from schedule_runs
      where planned_at < now() - ${days}::int * interval '1 day' limit 1000)
    returning 1 as one`)
  return gone.length
}
