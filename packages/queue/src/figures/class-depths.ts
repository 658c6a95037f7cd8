import type { Db } from "@tintype/db"
import { sql } from "drizzle-orm"
import { JOB_CLASSES, type JobClass } from "../job-class.ts"

/** Counts go no further. */
export const MOST_COUNTED = 10_000

/** What there is of a class right now. */
export interface ClassDepth {
  class: JobClass
  /** Jobs that could begin and have not; `MOST_COUNTED` stands for that many or more. */
  waiting: number
  /** Jobs whose time, or next run, is to come; the same. */
  delayed: number
  /** For how long the oldest of the waiting ones could have begun. */
  oldestSeconds: number | null
  /** Among the newest `MOST_COUNTED` dead letters. */
  dead: number
}

interface Row extends Record<string, unknown> {
  class: JobClass
  waiting: number
  delayed: number
  oldest: number | null
  dead: number | null
}

/** Every class in its order, each counted by its index and only so far as it is worth while. */
export async function readClassDepths(db: Db): Promise<ClassDepth[]> {
  const classes = sql.join(
    JOB_CLASSES.map((each) => sql`(${each}::text)`),
    sql`, `,
  )
  const rows = await db.execute<Row>(sql`
    select each.class, waiting.n as waiting, delayed.n as delayed, oldest.seconds as oldest, dead.n as dead
    from (values ${classes}) as each (class)
    cross join lateral (
      select count(*)::int as n from (
        select from outbox where class = each.class and dead_at is null and due_at <= now() and unreported = 0
        limit ${MOST_COUNTED}) as counted) as waiting
    cross join lateral (
      select count(*)::int as n from (
        select from outbox where class = each.class and dead_at is null and due_at > now()
        limit ${MOST_COUNTED}) as counted) as delayed
    left join lateral (
      select extract(epoch from now() - due_at)::float8 as seconds from outbox
      where class = each.class and dead_at is null and due_at <= now() and unreported = 0
      order by due_at limit 1) as oldest on true
    left join (
      select class, count(*)::int as n from (
        select class from outbox where dead_at is not null order by dead_at desc, id desc limit ${MOST_COUNTED}
      ) as newest group by class) as dead on dead.class = each.class`)
  return rows
    .map(({ oldest, dead, ...row }) => ({ ...row, oldestSeconds: oldest, dead: dead ?? 0 }))
    .sort((a, b) => JOB_CLASSES.indexOf(a.class) - JOB_CLASSES.indexOf(b.class))
}
