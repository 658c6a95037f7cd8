import { randomUUIDv7 } from "node:crypto"
import { type AccountId, type Db, sendAlong } from "@tintype/db"
import { currentTrace, currentTraceparent } from "@tintype/observe"
import { sql } from "drizzle-orm"
import type { Job, PayloadOf } from "./define-job.ts"
import type { JobClass } from "./job-class.ts"
import { joinOrWrite } from "./join-waiting.ts"

/** A statement has room for 65,535 parameters, and a row takes up to ten. */
const MOST_AT_ONCE = 5_000
/** Payloads hold ids. */
export const LONGEST_PAYLOAD = 64 * 1024

export interface NewJob {
  job: Job
  /** Whose rows the job works on: the job's own row lies with them. */
  ownerId: AccountId
  payload: unknown
  /** How long it has to wait at least. */
  delayMs?: number
}

/** A job whose row is written: to be dispatched once the transaction is committed. */
export interface QueuedJob {
  id: string
  ownerId: AccountId
  name: string
  class: JobClass
  priority?: number
  /** Milliseconds until it may run. */
  delayMs?: number
  /** As it was enqueued, for those who do it at once: workers read it from the row. */
  payload?: unknown
  /** It is the one that waited already, and will be or has been dispatched by others. */
  joined?: true
}

/** A row to be. */
export interface NewRow {
  traceId: string | null
  traceParent: string | null
  job: Job
  ownerId: AccountId
  id: string
  content: unknown
  /** The content as JSON. */
  payload: string
  uniqueKey: string | undefined
  delayMs: number
}

function rowOf({ job, ownerId, payload, delayMs = 0 }: NewJob): NewRow {
  if (!job.accepts(payload)) throw new TypeError(`the payload does not fit the job ${job.name}`)
  const text = JSON.stringify(payload)
  if (text.length > LONGEST_PAYLOAD) {
    throw new RangeError(`the payload of the job ${job.name} is too long: it should hold ids`)
  }
  const uniqueKey = job.unique?.key(payload)
  const traceId = currentTrace() ?? null
  const traceParent = currentTraceparent() ?? null
  return {
    job,
    ownerId,
    id: randomUUIDv7(),
    content: payload,
    payload: text,
    uniqueKey,
    delayMs,
    traceId,
    traceParent,
  }
}

const queuedOf = ({ job, ownerId, id, delayMs, content }: NewRow): QueuedJob => ({
  id,
  ownerId,
  name: job.name,
  class: job.class,
  payload: content,
  ...(job.priority && { priority: job.priority }),
  ...(delayMs > 0 && { delayMs }),
})

const COLUMNS = sql.raw("owner_id, id, name, class, payload, trace_id")
const ALL_COLUMNS = sql.raw(
  "owner_id, id, name, class, payload, trace_id, trace_parent, unique_key, due_at, resend_at",
)

const common = ({ job, ownerId, id, payload, traceId }: NewRow) =>
  sql`${ownerId}::bigint, ${id}::uuid, ${job.name}, ${job.class}, ${payload}::jsonb, ${traceId}`
const after = (ms: number) => sql`now() + ${ms}::float8 * interval '1 millisecond'`

const valuesOf = (row: NewRow) => sql`(${common(row)})`
const allValuesOf = (row: NewRow) =>
  sql`(${common(row)}, ${row.traceParent}, ${row.uniqueKey ?? null}, ${after(row.delayMs)}, ${after(row.delayMs + 2_000)})`

const isPlain = ({ traceParent, uniqueKey, delayMs }: NewRow) =>
  traceParent === null && uniqueKey === undefined && delayMs === 0

/** One row like most, by a plan that Postgres keeps. */
const writeOne = ({ job, ownerId, id, payload, traceId }: NewRow) => sql`
  select put_job(${ownerId}::bigint, ${id}::uuid, ${job.name}, ${job.class}, ${payload}::jsonb, ${traceId})`

/** Rows that have nobody to join, in one statement: a short one where it can be, which is most of what it costs. */
async function writeAll(tx: Db, rows: readonly NewRow[]): Promise<void> {
  const [first] = rows
  if (!first) return
  const plain = rows.every(isPlain)
  if (plain && rows.length === 1) return sendAlong(tx, writeOne(first))
  const values = sql.join(rows.map(plain ? valuesOf : allValuesOf), sql`, `)
  await sendAlong(tx, sql`insert into outbox (${plain ? COLUMNS : ALL_COLUMNS}) values ${values}`)
}

const joins = ({ job }: NewRow) => job.unique !== undefined && job.unique.mode !== "serial"

/**
 * Writes jobs in the caller's transaction: in one statement, and one more for each that may join another one. They
 * will run if and only if it commits.
 *
 * @returns what `Queue.dispatch` wants after COMMIT, in the same order
 * @throws TypeError when a payload does not fit its job; RangeError when it, or the list, is too long
 */
export async function enqueueAll(tx: Db, jobs: readonly NewJob[]): Promise<QueuedJob[]> {
  if (jobs.length > MOST_AT_ONCE) throw new RangeError(`${jobs.length} jobs in one statement`)
  const rows = jobs.map(rowOf)
  await writeAll(
    tx,
    rows.filter((row) => !joins(row)),
  )
  const queued = new Map(rows.map((row) => [row, queuedOf(row)]))
  // In one order for all, lest two transactions wait for each other.
  const joining = rows.filter(joins).toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  for (const row of joining) queued.set(row, { ...queuedOf(row), ...(await joinOrWrite(tx, row)) })
  return [...queued.values()]
}

const orderOf = ({ ownerId, job, uniqueKey }: NewRow) => `${ownerId} ${job.name} ${uniqueKey}`

/** One job: see `enqueueAll`. */
export async function enqueue<J extends Job>(
  tx: Db,
  job: J,
  ownerId: AccountId,
  payload: PayloadOf<J>,
  delayMs = 0,
): Promise<QueuedJob> {
  const [queued] = await enqueueAll(tx, [{ job, ownerId, payload, delayMs }])
  if (!queued) throw new Error("a job was enqueued and is not there")
  return queued
}
