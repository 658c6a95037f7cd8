import { type AccountId, type Db, outbox } from "@tintype/db"
import { and, eq, isNull, type SQL, sql } from "drizzle-orm"
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
}

const ENTRY = {
  attempts: outbox.attempts,
  failures: outbox.failures,
  unreported: outbox.unreported,
  lastError: outbox.lastError,
  payload: outbox.payload,
}

const alive = (key: JobKey, ...more: SQL[]) =>
  and(eq(outbox.ownerId, key.ownerId), eq(outbox.id, key.id), isNull(outbox.deadAt), ...more)

async function begin(db: Db, key: JobKey, condition: SQL): Promise<Entry | undefined> {
  const [entry] = await db
    .update(outbox)
    .set({ attempts: sql`${outbox.attempts} + 1`, unreported: sql`${outbox.unreported} + 1` })
    .where(alive(key, condition))
    .returning(ENTRY)
  return entry
}

/** Counts a run before it begins. Undefined when the job is done, dead, or has a run that never reported its end. */
export const beginUnlessSuspect = (db: Db, key: JobKey) => begin(db, key, eq(outbox.unreported, 0))

/** Counts a run before it begins. Undefined when another run has begun since `seen` was read. */
export const beginAfter = (db: Db, key: JobKey, seen: Entry) =>
  begin(db, key, eq(outbox.attempts, seen.attempts))

/** The row as it is; undefined when the job is done or dead. */
export async function readEntry(db: Db, key: JobKey): Promise<Entry | undefined> {
  const [entry] = await db.select(ENTRY).from(outbox).where(alive(key)).limit(1)
  return entry
}

/**
 * Deletes the row: the job is done if and only if this is committed.
 *
 * @throws AlreadyDone when the row is gone or belongs to a later run
 */
export async function complete(tx: Db, key: JobKey, attempt: number): Promise<void> {
  const gone = await tx
    .delete(outbox)
    .where(alive(key, eq(outbox.attempts, attempt)))
    .returning({ id: outbox.id })
  if (gone.length === 0) throw new AlreadyDone(`run ${attempt} of job ${key.id} comes too late`)
}

const later = (delayMs: number) => sql`now() + ${delayMs} * interval '1 millisecond'`

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
      unreported: sql`${outbox.unreported} - 1`,
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
    .set({ unreported: sql`${outbox.unreported} - 1`, resendAt: later(2_000) })
    .where(alive(key, eq(outbox.attempts, attempt)))
}

/** Gives the job up. Whether it was still this run's to decide. */
export async function bury(tx: Db, key: JobKey, attempt: number, error: string): Promise<boolean> {
  const rows = await tx
    .update(outbox)
    .set({ deadAt: sql`now()`, lastError: error })
    .where(alive(key, eq(outbox.attempts, attempt)))
    .returning({ id: outbox.id })
  return rows.length > 0
}
