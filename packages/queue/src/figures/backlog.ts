import type { Db } from "@tintype/db"
import { sql } from "drizzle-orm"
import { JOB_CLASSES, type JobClass } from "../job-class.ts"

/** Counts go no further. */
const MOST_COUNTED = 10_000
/** A row that the sweeper has left for this long past its time: nobody sweeps, or the queue's Redis is away. */
const UNSENT_SECONDS = 5

export interface ClassBacklog {
  class: JobClass
  /** For how long the oldest job that waits could have begun; 0 if none waits. */
  oldestSeconds: number
  /** Jobs that could begin and have not; `MOST_COUNTED` stands for that many or more. */
  waiting: number
  dead: number
}

/** What is to be done, as Postgres knows it. */
export interface Backlog {
  classes: readonly ClassBacklog[]
  /** Rows of the outbox that should have been sent to the queue again and were not, and the oldest's lateness. */
  unsent: number
  unsentSeconds: number
  /** Schedules that are not paused and whose time is past, and the latest one's lateness. */
  lateSchedules: number
  lateSeconds: number
}

interface Row extends Record<string, unknown> {
  class: JobClass
  oldest: number
  waiting: number
  dead: number
}

const ageOf = (moment: ReturnType<typeof sql>) =>
  sql`coalesce(extract(epoch from now() - ${moment})::float8, 0)`

const readClasses = (db: Db) =>
  db.execute<Row>(sql`
    select each.class, oldest.seconds as oldest, waiting.n as waiting, coalesce(dead.n, 0) as dead
    from (values ${sql.join(
      JOB_CLASSES.map((each) => sql`(${each}::text)`),
      sql`, `,
    )}) as each (class)
    cross join lateral (
      select ${ageOf(sql`min(due_at)`)} as seconds from (
        select due_at from outbox
        where class = each.class and dead_at is null and due_at <= now() and unreported = 0
        order by due_at limit 1) as first) as oldest
    cross join lateral (
      select count(*)::int as n from (
        select from outbox where class = each.class and dead_at is null and due_at <= now() and unreported = 0
        limit ${MOST_COUNTED}) as counted) as waiting
    left join (
      select class, count(*)::int as n from (
        select class from outbox where dead_at is not null order by dead_at desc, id desc limit ${MOST_COUNTED}
      ) as newest group by class) as dead on dead.class = each.class`)

interface Late extends Record<string, unknown> {
  n: number
  seconds: number
}

/** Measures what waits, by index and with bounds: for dashboards, a few times a minute. */
export async function readBacklog(db: Db): Promise<Backlog> {
  const [classes, [unsent], [late]] = await Promise.all([
    readClasses(db),
    db.execute<Late>(sql`
      select count(*)::int as n, ${ageOf(sql`min(resend_at)`)} as seconds from (
        select resend_at from outbox
        where dead_at is null and resend_at < now() - ${UNSENT_SECONDS} * interval '1 second'
        order by resend_at limit ${MOST_COUNTED}) as rows`),
    db.execute<Late>(sql`
      select count(*)::int as n, ${ageOf(sql`min(next_at)`)} as seconds from schedules
      where paused_at is null and next_at < now() - interval '5 seconds'`),
  ])
  return {
    classes: classes.map(({ oldest, ...row }) => ({ ...row, oldestSeconds: oldest })),
    unsent: unsent?.n ?? 0,
    unsentSeconds: unsent?.seconds ?? 0,
    lateSchedules: late?.n ?? 0,
    lateSeconds: late?.seconds ?? 0,
  }
}
