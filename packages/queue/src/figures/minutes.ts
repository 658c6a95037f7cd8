import { type Db, inTransaction, jobMinutes } from "@tintype/db"
import { and, asc, eq, sql } from "drizzle-orm"
import type { JobClass } from "../job-class.ts"

/** Any number that nothing else locks: it keeps two processes from counting at once. */
const LOCK = 8_346_103
const FRESH_MS = 8_000

/** How the runs of a class did that ended within some minutes. */
export interface Minutes {
  class: string
  /** Their beginning. */
  at: Date
  runs: number
  failed: number
  /** From when a run could begin until it did: p50, p95 and p99, in milliseconds; of the slowest of the minutes. */
  waitMs: number[]
  /** From its beginning to its end: the same. */
  runMs: number[]
}

const percentiles = (seconds: string) =>
  sql.raw(`coalesce(percentile_cont(array[0.5, 0.95, 0.99]) within group (
    order by 1000 * greatest(0, extract(epoch from ${seconds})))::real[], '{0,0,0}')`)

/**
 * Counts up the history of the last minutes, the current one included: what has changed since the last count, and an
 * hour at most. Any number of processes may do this at once: one does.
 *
 * @returns whether it was this one's turn
 */
export const measureMinutes = (db: Db): Promise<boolean> =>
  inTransaction(db, async (tx) => {
    const [turn] = await tx.execute<{ mine: boolean }>(sql`select pg_try_advisory_xact_lock(${LOCK}) as mine`)
    if (!turn?.mine) return false
    const [last] = await tx.execute<{ at: string; fresh: boolean }>(sql`
      select greatest(max(at) - interval '1 minute', date_trunc('minute', now()) - interval '1 hour') as at,
        coalesce(max(measured_at) > now() - ${FRESH_MS}::int * interval '1 millisecond', false) as fresh
      from job_minutes where at > now() - interval '2 hours'`)
    if (last?.fresh) return false
    await tx.execute(sql`
      insert into job_minutes (at, class, runs, failed, wait_ms, run_ms)
      select date_trunc('minute', finished_at), class, count(*), count(*) filter (where state in ('failed', 'dead', 'lost')),
        ${percentiles("started_at - coalesce(due_at, queued_at)")}, ${percentiles("finished_at - started_at")}
      from job_runs
      where finished_at >= coalesce(${last?.at ?? null}::timestamptz, date_trunc('minute', now()) - interval '1 hour')
      group by 1, 2
      on conflict (at, class) do update set runs = excluded.runs, failed = excluded.failed,
        wait_ms = excluded.wait_ms, run_ms = excluded.run_ms, measured_at = now()`)
    return true
  })

export interface MinutesWanted {
  class?: JobClass
  hours: number
  /** Minutes that are put together. */
  step: number
}

const slowest = (column: typeof jobMinutes.waitMs | typeof jobMinutes.runMs) =>
  sql<number[]>`array[max(${column}[1]), max(${column}[2]), max(${column}[3])]`.mapWith(column)

/** How classes did over the last hours, oldest first; minutes without a run are left out. */
export async function readMinutes(
  db: Db,
  { class: jobClass, hours, step }: MinutesWanted,
): Promise<Minutes[]> {
  const at = sql<Date>`to_timestamp(floor(extract(epoch from ${jobMinutes.at}) / ${step * 60}::int) * ${step * 60}::int)`
  return db
    .select({
      class: jobMinutes.class,
      at: at.mapWith(jobMinutes.at),
      runs: sql<number>`sum(${jobMinutes.runs})::int`,
      failed: sql<number>`sum(${jobMinutes.failed})::int`,
      waitMs: slowest(jobMinutes.waitMs),
      runMs: slowest(jobMinutes.runMs),
    })
    .from(jobMinutes)
    .where(
      and(
        sql`${jobMinutes.at} > now() - ${hours}::int * interval '1 hour'`,
        jobClass && eq(jobMinutes.class, jobClass),
      ),
    )
    .groupBy(sql`1`, sql`2`)
    .orderBy(asc(sql`2`), asc(sql`1`))
}

/** Forgets what is older than `days` days, 1000 rows at most. @returns how many; 0 when nothing is left */
export async function forgetMinutes(db: Db, days: number): Promise<number> {
  const gone = await db.execute(sql`
    delete from job_minutes where (at, class) in (
      select at, class from job_minutes where at < now() - ${days}::int * interval '1 day' limit 1000)
    returning 1 as one`)
  return gone.length
}
