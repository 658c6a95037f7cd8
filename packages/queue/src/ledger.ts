import { type AccountId, type Db, type DeadReason, outbox, sendAlong, sqlState } from "@tintype/db"
import { and, eq, isNull, type SQL, sql } from "drizzle-orm"
import { alias, PgTransaction } from "drizzle-orm/pg-core"
import { AlreadyDone } from "./errors.ts"

/** The outbox as workers see it: each function is one statement on one job's row. */

export interface JobKey {
  ownerId: AccountId
  id: string
}

export interface Entry {
  /** Number of the newest run: its fencing token. */
  attempts: number
  failures: number
  unreported: number
  lastError: string | null
  payload: unknown
  uniqueKey: string | null
  traceId: string | null
  traceParent: string | null
  /** Of the newest run, if there was one. */
  worker: string | null
  startedMs: number | null
  createdMs: number
  /** Milliseconds until it may run; below zero, how late it is. */
  dueInMs: number
}

/** A row may begin this much early: its wait is over by another clock. */
export const EARLY_MS = 50

const DUE_IN_MS = sql<number>`ceil(extract(epoch from ${outbox.dueAt} - now()) * 1000)::float8`

const ENTRY = {
  attempts: outbox.attempts,
  failures: outbox.failures,
  unreported: outbox.unreported,
  lastError: outbox.lastError,
  payload: outbox.payload,
  uniqueKey: outbox.uniqueKey,
  traceId: outbox.traceId,
  traceParent: outbox.traceParent,
  worker: outbox.worker,
  startedMs: sql<number | null>`(extract(epoch from ${outbox.startedAt}) * 1000)::float8`,
  createdMs: sql<number>`(extract(epoch from ${outbox.createdAt}) * 1000)::float8`,
  dueInMs: DUE_IN_MS,
}

/** Another job of the same key runs, or waits for its next run. */
export class Occupied extends Error {
  override name = "Occupied"
}

/**
 * What asks for rows by their key says it like this. The table is often empty when Postgres counts its rows, which then
 * takes an index of all that are not dead for as good as the key, and reads it from end to end.
 */
const NOT_DEAD = sql.raw("coalesce(outbox.dead_at, 'infinity') = 'infinity'")

const alive = (key: JobKey, ...more: SQL[]) =>
  and(eq(outbox.ownerId, key.ownerId), eq(outbox.id, key.id), NOT_DEAD, ...more)

const RUN = sql.raw(`
  id, attempts, failures, unreported, last_error, payload, unique_key, trace_id, trace_parent, worker, started_at,
  created_at, due_at`)

/** A row as Postgres returns it: moments as texts. */
interface RunRow extends Record<string, unknown> {
  id: string
  attempts: number
  failures: number
  unreported: number
  last_error: string | null
  payload: unknown
  unique_key: string | null
  trace_id: string | null
  trace_parent: string | null
  worker: string
  started_at: string
  created_at: string
  due_at: string
}

function entryOf(row: RunRow): Entry {
  const startedMs = Date.parse(row.started_at)
  return {
    attempts: row.attempts,
    failures: row.failures,
    unreported: row.unreported,
    lastError: row.last_error,
    payload: row.payload,
    uniqueKey: row.unique_key,
    traceId: row.trace_id,
    traceParent: row.trace_parent,
    worker: row.worker,
    startedMs,
    createdMs: Date.parse(row.created_at),
    dueInMs: Date.parse(row.due_at) - startedMs,
  }
}

/** Of one whose key another job has taken. */
function occupied(error: unknown): never {
  if (sqlState(error) !== "23505") throw error
  throw new Occupied("another job of its key has begun", { cause: error })
}

/** An array of ids for Postgres, each once. */
export const arrayOf = (texts: readonly string[]) => `{${[...new Set(texts)].join()}}`

interface BegunRow extends Record<string, unknown> {
  run: RunRow | null
}

const SOON = sql.raw("soon => true")
const ON_DISK = sql.raw("soon => false")

async function begin(db: Db, { ownerId, id }: JobKey, worker: string, when: SQL) {
  const rows = db.execute<BegunRow>(sql`
    select begin_job(${ownerId}::bigint, ${id}::uuid, ${worker}, ${EARLY_MS}::int, ${when}) as run`)
  const [row] = await rows.catch(occupied)
  return row?.run ? entryOf(row.run) : undefined
}

/**
 * Counts a run before it begins, by a plan that Postgres keeps: see the migration that makes `begin_job`. Undefined when
 * the job is done, dead, not due, or has a run that never reported its end. @throws Occupied
 */
export const beginUnlessSuspect = (db: Db, key: JobKey, worker: string) => begin(db, key, worker, ON_DISK)

/**
 * The same, answered before it is on disk, where the next one that waits for the disk takes it along. What is lost if
 * Postgres dies within the next half second is the count of a run that has had no effect yet, since the transaction of
 * its effect waits for the disk and is later in the log.
 */
export const beginSoon = (db: Db, key: JobKey, worker: string) => begin(db, key, worker, SOON)

const ALSO_SOON = sql.raw(", set_config('synchronous_commit', 'off', true)")
const ALSO_ON_DISK = sql.raw("")

/**
 * The same for many jobs at once, none of which has a key: so none waits for another one's transaction.
 *
 * @param isSure whether it waits for the disk
 * @returns those that have begun, by their ids
 */
export async function beginMany(
  db: Db,
  keys: readonly JobKey[],
  worker: string,
  isSure: boolean,
): Promise<ReadonlyMap<string, Entry>> {
  const [owners, ids] = [arrayOf(keys.map(({ ownerId }) => ownerId)), arrayOf(keys.map(({ id }) => id))]
  const rows = await db.execute<RunRow>(sql`
    select *${isSure ? ALSO_ON_DISK : ALSO_SOON} from begin_jobs(${owners}::bigint[], ${ids}::uuid[], ${worker}, ${EARLY_MS}::int)`)
  return new Map(rows.map((row) => [row.id, entryOf(row)]))
}

/** Counts a run before it begins. Undefined when another run has begun since `seen` was read. @throws Occupied */
export async function beginAfter(
  db: Db,
  key: JobKey,
  worker: string,
  seen: Entry,
): Promise<Entry | undefined> {
  const rows = db.execute<RunRow>(sql`
    update outbox set attempts = attempts + 1, unreported = unreported + 1, started_at = now(), worker = ${worker},
      joinable = case when unique_key is null then null else false end
    where ${alive(key, eq(outbox.attempts, seen.attempts))}
      and due_at <= now() + ${EARLY_MS}::int * interval '1 millisecond'
    returning ${RUN}`)
  const [row] = await rows.catch(occupied)
  return row && entryOf(row)
}

/** The row as it is; undefined when the job is done or dead. */
export async function readEntry(db: Db, key: JobKey): Promise<Entry | undefined> {
  const [entry] = await db.select(ENTRY).from(outbox).where(alive(key)).limit(1)
  return entry
}

/** Waits for the transactions that joined the job before it began: the run is to see what they wrote. */
export async function awaitJoiners(db: Db, key: JobKey): Promise<void> {
  await db.select({ id: outbox.id }).from(outbox).where(alive(key)).for("update")
}

/** How long the job that occupies this one's key is put off: 0 while it runs, or if there is none. */
export async function occupiedForMs(db: Db, key: JobKey): Promise<number> {
  const other = alias(outbox, "other")
  const [row] = await db
    .select({ ms: sql<number>`ceil(greatest(0, extract(epoch from ${other.dueAt} - now()) * 1000))::float8` })
    .from(outbox)
    .innerJoin(
      other,
      and(
        eq(other.ownerId, outbox.ownerId),
        eq(other.name, outbox.name),
        eq(other.uniqueKey, outbox.uniqueKey),
        eq(other.joinable, false),
        isNull(other.deadAt),
      ),
    )
    .where(alive(key))
  return row?.ms ?? 0
}

/** Of `end_job`, where there is nothing to end. */
const isTooLate = (error: unknown) => sqlState(error) === "TTJ01"

/**
 * Deletes the row: the job is done if and only if this is committed. In a transaction it waits for no answer: COMMIT
 * follows it, and fails if the row is gone or belongs to a later run. Outside of one it does not wait for the disk: the
 * effect lies elsewhere and was there before, so that a crash of Postgres takes back no more than one of the job's
 * process, after which it runs again.
 *
 * @param onTooLate told that the transaction fails because of that
 * @throws AlreadyDone outside of a transaction, when the row is gone or belongs to a later run
 */
export async function complete(
  tx: Db,
  { ownerId, id }: JobKey,
  attempt: number,
  onTooLate: () => void = () => undefined,
): Promise<void> {
  const soon = tx instanceof PgTransaction ? ALSO_ON_DISK : ALSO_SOON
  const end = sql`select end_job(${ownerId}::bigint, ${id}::uuid, ${attempt}::int)${soon}`
  try {
    await sendAlong(tx, end, (error) => isTooLate(error) && onTooLate())
  } catch (cause) {
    if (isTooLate(cause)) throw new AlreadyDone(`run ${attempt} of job ${id} comes too late`, { cause })
    throw cause
  }
}

const later = (delayMs: number) => sql`now() + ${delayMs} * interval '1 millisecond'`

/** Never below none: a count that a crash of Postgres has taken may be reported twice. */
const ONE_LESS = sql`greatest(0, ${outbox.unreported} - 1)`

/** Whether it was still this run's to report. */
export async function reportFailure(
  db: Db,
  key: JobKey,
  attempt: number,
  error: string,
  delayMs: number,
): Promise<boolean> {
  const rows = await db
    .update(outbox)
    .set({
      failures: sql`${outbox.failures} + 1`,
      unreported: ONE_LESS,
      lastError: error,
      dueAt: later(delayMs),
      resendAt: later(delayMs + 2_000),
    })
    .where(alive(key, eq(outbox.attempts, attempt)))
    .returning({ id: outbox.id })
  return rows.length > 0
}

/** Takes a run back that was stopped through no fault of its own. Its number stays used. */
export async function releaseRun(db: Db, key: JobKey, attempt: number): Promise<void> {
  await db
    .update(outbox)
    .set({ unreported: ONE_LESS, resendAt: later(2_000) })
    .where(alive(key, eq(outbox.attempts, attempt)))
}

export interface DeathNote {
  reason: DeadReason
  error: string
}

/** Gives the job up. Whether it was still this run's to decide. */
export async function bury(tx: Db, key: JobKey, attempt: number, note: DeathNote): Promise<boolean> {
  const rows = await tx
    .update(outbox)
    .set({ deadAt: sql`now()`, lastError: note.error, deadReason: note.reason })
    .where(alive(key, eq(outbox.attempts, attempt)))
    .returning({ id: outbox.id })
  return rows.length > 0
}
