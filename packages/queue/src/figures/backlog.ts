import type { Db } from "@tintype/db"
import { sql } from "drizzle-orm"
import { type ClassDepth, MOST_COUNTED, readClassDepths } from "./class-depths.ts"

/**
 * A row that the sweeper has left for this long past its time: nobody sweeps, or the queue's Redis is away. It may leave
 * one that waits in line for half a minute.
 */
const UNSENT_SECONDS = 35

/** What is to be done, as Postgres knows it. */
export interface Backlog {
  classes: readonly ClassDepth[]
  /** Rows of the outbox that should have been sent to the queue again and were not, and the oldest's lateness. */
  unsent: number
  unsentSeconds: number
  /** Schedules that are not paused and whose time is past, and the latest one's lateness. */
  lateSchedules: number
  lateSeconds: number
}

const ageOf = (moment: ReturnType<typeof sql>) =>
  sql`coalesce(extract(epoch from now() - ${moment})::float8, 0)`

interface Late extends Record<string, unknown> {
  n: number
  seconds: number
}

/** Measures what waits, by index and with bounds: for dashboards, a few times a minute. */
export async function readBacklog(db: Db): Promise<Backlog> {
  const [classes, [unsent], [late]] = await Promise.all([
    readClassDepths(db),
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
    classes,
    unsent: unsent?.n ?? 0,
    unsentSeconds: unsent?.seconds ?? 0,
    lateSchedules: late?.n ?? 0,
    lateSeconds: late?.seconds ?? 0,
  }
}
