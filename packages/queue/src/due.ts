import { type AccountId, type Db, outbox } from "@tintype/db"
import { inArray, type SQL, sql } from "drizzle-orm"
import type { JobClass } from "./job-class.ts"

export interface DueRow {
  ownerId: AccountId
  id: string
  name: string
  /** Milliseconds until it may run. */
  delayMs: number
}

/** Beyond what any row that was sent can have been put off to: how far a repair reaches, and where it puts rows off to. */
export const REPAIR_REACH = sql`now() + ${10} * interval '1 minute'`

/**
 * When a row just sent is to be sent again if it is still there: after as long as it has waited already, so that a long
 * backlog is not sent over and over, and one sent in vain does not wait long.
 */
export const NEXT_RESEND = sql`now() + greatest(interval '5 seconds', least(now() - ${outbox.createdAt}, interval '5 minutes'))`

/**
 * Takes rows to be sent, of which `places` says where they lie: joined by their key, Postgres reads the whole table where
 * much waits. Whoever says it locks them, and passes over those that others have locked. One that was changed since the
 * statement began lies elsewhere and is left to the next sweep.
 */
async function takeAt(db: Db, places: SQL, next: SQL): Promise<DueRow[]> {
  const rows = await db.execute<DueRow & Record<string, unknown>>(sql`
    update outbox set resend_at = ${next} where ctid = any(array(${places}))
    returning owner_id as "ownerId", id, name,
      ceil(greatest(0, extract(epoch from due_at - now()) * 1000))::int as "delayMs"`)
  return [...rows]
}

/**
 * Takes rows whose time has come to be sent: one statement, so that any number of sweepers may do it at once.
 *
 * @param before rows that were to be sent again before this moment
 * @param next when to send them again
 */
export const takeDue = (
  db: Db,
  names: readonly string[],
  before: SQL | Date,
  next: SQL,
  limit: number,
): Promise<DueRow[]> => {
  const moment = before instanceof Date ? sql`${before.toISOString()}::timestamptz` : before
  const places = sql`
    select ctid from outbox where dead_at is null and resend_at < ${moment} and ${inArray(sql`name`, [...names])}
    order by resend_at limit ${limit}::int for update skip locked`
  return takeAt(db, places, next)
}

/** Of a class: what could begin before `until` is to be looked at, or all of it. */
export interface Reach {
  class: JobClass
  until: Date | undefined
}

/** The same for rows that could have begun before the reach of their class. */
export const takePassed = (
  db: Db,
  names: readonly string[],
  reaches: readonly Reach[],
  next: SQL,
  limit: number,
): Promise<DueRow[]> => {
  const values = reaches.map(
    (each) => sql`(${each.class}::text, ${each.until?.toISOString() ?? null}::timestamptz)`,
  )
  const places = sql`
    select passed.ctid from (values ${sql.join(values, sql`, `)}) as reach (class, until)
    cross join lateral (
      select ctid from outbox
      where class = reach.class and due_at < coalesce(reach.until, now()) and dead_at is null and resend_at < now()
        and ${inArray(sql`name`, [...names])}
      order by due_at limit ${limit}::int for update skip locked) as passed
    limit ${limit}::int`
  return takeAt(db, places, next)
}

/** They could not be sent after all: at the next sweep. */
export async function putBack(db: Db, rows: readonly DueRow[]): Promise<void> {
  if (rows.length === 0) return
  const keys = rows.map(({ ownerId, id }) => sql`(${ownerId}::bigint, ${id}::uuid)`)
  await db
    .update(outbox)
    .set({ resendAt: sql`now()` })
    .where(sql`(${outbox.ownerId}, ${outbox.id}) in (${sql.join(keys, sql`, `)})`)
}

/**
 * Brings jobs back that were given up because their worker did not know them, now that one does. Of those with the same
 * key one at a time, and none while another one waits.
 *
 * @returns how many
 */
export async function reviveKnown(db: Db, names: readonly string[], limit: number): Promise<number> {
  const revived = await db.execute(sql`
    update ${outbox} set dead_at = null, dead_reason = null, due_at = now(), resend_at = now()
    where (owner_id, id) in (
      select distinct on (owner_id, name, coalesce(unique_key, id::text)) owner_id, id from ${outbox} as lost
      where dead_reason = 'unknown' and dead_at is not null and ${inArray(sql`name`, [...names])}
        and not exists (
          select from ${outbox} as live
          where live.owner_id = lost.owner_id and live.name = lost.name and live.unique_key = lost.unique_key
            and live.joinable is not distinct from lost.joinable and live.dead_at is null)
      limit ${limit})
    returning id`)
  return revived.length
}

/** The moment by Postgres's clock up to which a repair that begins now has to reach. */
export async function repairReach(db: Db): Promise<Date> {
  const [row] = await db.select({ until: sql<string>`${REPAIR_REACH}` }).from(sql`(values (1)) as one`)
  if (!row) throw new Error("Postgres did not tell the time")
  return new Date(row.until)
}
