import { type Db, outbox } from "@tintype/db"
import { sql } from "drizzle-orm"
import type { NewRow, QueuedJob } from "./enqueue.ts"

/** Each time somebody else has written the row that waits, and a worker has begun it, before we could hold it. */
const MOST_TRIES = 20

type Written = Pick<QueuedJob, "id" | "delayMs" | "joined">

const ms = (value: number) => sql`${value}::int * interval '1 millisecond'`
const SAME_KEY = sql.raw(
  "(owner_id, name, unique_key, joinable) where unique_key is not null and dead_at is null",
)

const values = (
  { job, ownerId, id, payload, uniqueKey, traceId, traceParent }: NewRow,
  waitMs: number,
) => sql`
  ${ownerId}::bigint, ${id}::uuid, ${job.name}::text, ${job.class}::text, ${payload}::jsonb,
  ${traceId}::text, ${traceParent}::text, ${uniqueKey}::text, true, now() + ${ms(waitMs)}, now() + ${ms(waitMs + 2_000)}`

const COLUMNS = sql.raw(
  "owner_id, id, name, class, payload, trace_id, trace_parent, unique_key, joinable, due_at, resend_at",
)

/**
 * Holds the row that waits until this transaction ends, by the weakest lock there is: any number of calls may hold it,
 * and a worker may begin it, but then waits for those that hold it (`awaitJoiners`). Without one it writes one.
 */
async function hold(tx: Db, row: NewRow, waitMs: number): Promise<Written | undefined> {
  const found = await tx.execute<{ id: string; joined: boolean }>(sql`
    with waiting as materialized (
      select id from ${outbox}
      where owner_id = ${row.ownerId}::bigint and name = ${row.job.name} and unique_key = ${row.uniqueKey}
        and joinable and dead_at is null
      for key share
    ), written as (
      insert into ${outbox} (${COLUMNS})
      select ${values(row, waitMs)} where not exists (select from waiting)
      on conflict ${SAME_KEY} do nothing
      returning id
    )
    select id, true as joined from waiting union all select id, false from written`)
  const [first] = found
  if (!first) return undefined
  if (first.joined) return { id: first.id, joined: true }
  return waitMs > 0 ? { id: first.id, delayMs: waitMs } : { id: first.id }
}

/** Puts the row that waits off, with this call's payload; or writes one. */
async function putOff(tx: Db, row: NewRow, waitMs: number, mostMs: number): Promise<Written> {
  const due = sql`least(outbox.created_at + ${ms(mostMs)}, excluded.due_at)`
  const [written] = await tx.execute<{ id: string }>(sql`
    insert into ${outbox} (${COLUMNS}) values (${values(row, waitMs)})
    on conflict ${SAME_KEY} do update
    set payload = excluded.payload, due_at = ${due}, resend_at = ${due} + interval '2 seconds'
    returning id`)
  if (!written) throw new Error("a job was put off and is not there")
  return written.id === row.id ? { id: row.id, delayMs: waitMs } : { id: written.id, joined: true }
}

/**
 * Joins the job of the same key that waits, or writes one.
 *
 * @throws Error when others write and begin such jobs faster than this one can follow
 */
export async function joinOrWrite(tx: Db, row: NewRow): Promise<Written> {
  const { unique } = row.job
  if (unique?.mode === "debounce") return putOff(tx, row, Math.max(unique.ms, row.delayMs), unique.mostMs)
  const waitMs = unique?.mode === "throttle" ? Math.max(unique.ms, row.delayMs) : row.delayMs
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const written = await hold(tx, row, waitMs)
    if (written) return written
  }
  throw new Error(`the job ${row.job.name} could neither join another one nor be written`)
}
