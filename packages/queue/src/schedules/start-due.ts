import { type AccountId, type Db, inTransaction, outbox, scheduleRuns, schedules } from "@tintype/db"
import { withTrace } from "@tintype/observe"
import { and, eq, inArray, isNotNull, isNull, lte, or, type SQL, sql } from "drizzle-orm"
import { enqueue, type QueuedJob } from "../enqueue.ts"
import { type Schedule, timesAfter } from "./define-schedule.ts"
import { planRuns } from "./plan-runs.ts"

/** Owns the jobs of schedules: no account has this id. */
export const SYSTEM = "1" as AccountId

/** Runs of one schedule that wait for each other. */
const MOST_QUEUED = 100

/** A schedule as the table keeps it: what it does when, in one order. */
export const specOf = ({ cron, timeZone, overlap, missed, job }: Schedule): string =>
  JSON.stringify({ cron, timeZone, overlap, missed, job: job.name })

type Row = typeof schedules.$inferSelect & { now: Date }

const now = sql`now()`.mapWith(schedules.nextAt)
const COLUMNS = {
  name: schedules.name,
  spec: schedules.spec,
  nextAt: schedules.nextAt,
  pausedAt: schedules.pausedAt,
  wantedBy: schedules.wantedBy,
  lastJob: schedules.lastJob,
  declaredAt: schedules.declaredAt,
  now,
}

const isDue = or(
  and(isNull(schedules.pausedAt), lte(schedules.nextAt, sql`now()`)),
  isNotNull(schedules.wantedBy),
)

/** Writes the schedules of this release down, and removes those that no process has declared for a week. */
export async function declareSchedules(db: Db, declared: readonly Schedule[]): Promise<void> {
  for (const schedule of declared) {
    const [nextAt] = timesAfter(schedule, new Date(), 1)
    if (!nextAt) throw new Error(`the schedule ${schedule.name} has no time to come`)
    await db
      .insert(schedules)
      .values({ name: schedule.name, spec: specOf(schedule), nextAt })
      .onConflictDoUpdate({
        target: schedules.name,
        set: {
          declaredAt: sql`now()`,
          spec: sql`excluded.spec`,
          nextAt: sql`case when schedules.spec = excluded.spec then schedules.next_at else excluded.next_at end`,
        },
      })
  }
  const names = declared.map(({ name }) => name)
  await db
    .delete(schedules)
    .where(
      sql`${schedules.declaredAt} < now() - interval '7 days' and not (${inArray(schedules.name, names)})`,
    )
}

/** The job of the run before, as long as it is not over. */
async function findUnfinished(tx: Db, jobId: string | null): Promise<string | undefined> {
  if (!jobId) return undefined
  const [row] = await tx
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(eq(outbox.ownerId, SYSTEM), eq(outbox.id, jobId), isNull(outbox.deadAt)))
  return row?.id
}

/** Whether so many runs wait for each other that another one would be of no use. */
async function isCrowded(tx: Db, job: string): Promise<boolean> {
  const waiting = await tx
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(eq(outbox.ownerId, SYSTEM), eq(outbox.name, job), isNull(outbox.deadAt)))
    .limit(MOST_QUEUED)
  return waiting.length === MOST_QUEUED
}

/** Takes a job away: if it runs, its process notices within a second or two, and it has no effect any more. */
async function replace(tx: Db, schedule: string, jobId: string): Promise<void> {
  await tx.delete(outbox).where(and(eq(outbox.ownerId, SYSTEM), eq(outbox.id, jobId)))
  await tx
    .update(scheduleRuns)
    .set({ outcome: "replaced" })
    .where(and(eq(scheduleRuns.schedule, schedule), eq(scheduleRuns.jobId, jobId)))
}

type Cause = "time" | "late" | "hand"

/** One run, unless the one before is in its way. @returns its job */
async function startRun(tx: Db, schedule: Schedule, last: string | null, at: Date, cause: Cause) {
  const { name, job, payload, overlap } = schedule
  const unfinished = await findUnfinished(tx, last)
  const inTheWay = overlap === "skip" || (overlap === "queue" && (await isCrowded(tx, job.name)))
  if (unfinished && inTheWay) {
    await tx.insert(scheduleRuns).values({ schedule: name, plannedAt: at, cause, outcome: "skipped" })
    return undefined
  }
  if (unfinished && overlap === "replace") await replace(tx, name, unfinished)
  const queued = await withTrace(`${name}@${at.toISOString()}`, () => enqueue(tx, job, SYSTEM, payload))
  await tx
    .insert(scheduleRuns)
    .values({ schedule: name, plannedAt: at, cause, outcome: "queued", jobId: queued.id })
  return queued
}

async function startPlanned(tx: Db, schedule: Schedule, row: Row): Promise<QueuedJob[]> {
  const isTime = row.pausedAt === null && row.nextAt <= row.now
  const plan = isTime ? planRuns(schedule, row.nextAt, row.now) : { runs: [], missed: [], next: row.nextAt }
  const wanted = row.wantedBy ? [{ at: row.now, cause: "hand" as const }] : []
  const queued: QueuedJob[] = []
  for (const { at, cause } of [...plan.runs, ...wanted]) {
    const job = await startRun(tx, schedule, queued.at(-1)?.id ?? row.lastJob, at, cause)
    if (job) queued.push(job)
  }
  if (plan.missed.length > 0) {
    const missed = { schedule: schedule.name, cause: "late", outcome: "missed" } as const
    await tx.insert(scheduleRuns).values(plan.missed.map((plannedAt) => ({ ...missed, plannedAt })))
  }
  const lastJob = queued.at(-1)?.id ?? row.lastJob
  const moved: SQL | undefined = and(eq(schedules.name, schedule.name), eq(schedules.spec, row.spec))
  await tx.update(schedules).set({ nextAt: plan.next, wantedBy: null, lastJob }).where(moved)
  return queued
}

/**
 * Starts what is due of the schedules that this release declares. The row is locked meanwhile and its next time moved
 * on in the transaction that writes the jobs: any number of processes may do this at once.
 *
 * @returns the jobs to be dispatched
 */
export async function startDue(db: Db, declared: ReadonlyMap<string, Schedule>): Promise<QueuedJob[]> {
  const due = await db.select({ name: schedules.name, spec: schedules.spec }).from(schedules).where(isDue)
  const queued: QueuedJob[] = []
  for (const { name, spec } of due) {
    const schedule = declared.get(name)
    // Another release's, which has processes of its own.
    if (!schedule || specOf(schedule) !== spec) continue
    const jobs = await inTransaction(db, async (tx) => {
      const [row] = await tx
        .select(COLUMNS)
        .from(schedules)
        .where(and(eq(schedules.name, name), eq(schedules.spec, spec), isDue))
        .for("update", { skipLocked: true })
      return row ? startPlanned(tx, schedule, row) : []
    })
    queued.push(...jobs)
  }
  return queued
}
