import { randomUUIDv7 } from "node:crypto"
import { type AccountId, type Db, type RunState, sqlState } from "@tintype/db"
import type { Logger } from "@tintype/observe"
import { sql } from "drizzle-orm"
import { errorText } from "./errors.ts"
import { settledWithin } from "./within.ts"

/** A run that has ended. Times are milliseconds since 1970 by Postgres's clock. */
export interface EndedRun {
  jobId: string
  ownerId: AccountId
  name: string
  class: string
  attempt: number
  state: RunState
  queuedMs: number
  /** When it could have begun. */
  dueMs: number
  startedMs: number | null
  finishedMs: number
  worker: string | null
  error: string | null
  traceId: string | null
}

const FLUSH_MS = 250
/** After a failure. */
const AGAIN_MS = 2_000
const BATCH = 500
/** What is held while Postgres is away; beyond that the oldest are let go. */
const MOST_HELD = 20_000

/** No partition takes the row: the first of a day. */
const NO_PARTITION = "23514"

export interface History {
  /** Notes a run, to be written with others within a quarter of a second. Never fails and never waits. */
  record(run: EndedRun): void
  /** Writes what is held, for at most `ms`. */
  close(ms: number): Promise<void>
}

/** For processes that keep no history. */
export const noHistory: History = { record: () => undefined, close: async () => undefined }

const insert = (db: Db, rows: string) =>
  db.execute(sql`
    insert into job_runs (finished_at, id, job_id, owner_id, name, class, attempt, state, queued_at, due_at, started_at,
      worker, error, trace_id)
    select to_timestamp("finishedMs" / 1000), id, "jobId", "ownerId", name, class, attempt, state,
      to_timestamp("queuedMs" / 1000), to_timestamp("dueMs" / 1000), to_timestamp("startedMs" / 1000), worker, error, "traceId"
    from json_to_recordset(${rows}::json) as run (
      "finishedMs" float8, id uuid, "jobId" uuid, "ownerId" bigint, name text, class text, attempt int, state text,
      "queuedMs" float8, "dueMs" float8, "startedMs" float8, worker text, error text, "traceId" text)
    on conflict do nothing`)

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

type Row = EndedRun & { id: string }

async function write(db: Db, batch: readonly Row[]): Promise<void> {
  const rows = JSON.stringify(batch)
  try {
    await insert(db, rows)
  } catch (error) {
    if (sqlState(error) !== NO_PARTITION) throw error
    const days = batch.map(({ finishedMs }) => dayOf(finishedMs)).sort()
    await db.execute(sql`select prepare_job_runs(${days[0]}::date, ${days.at(-1)}::date)`)
    await insert(db, rows)
  }
}

/**
 * Writes the history of runs in batches. It tells what happened and promises nothing: a process that is killed takes
 * the last quarter of a second with it, and the outbox alone knows what is still to be done.
 */
export function createHistory(db: Db, log: Logger): History {
  const held: Row[] = []
  let busy = false
  let flushing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let lost = 0

  const later = (ms: number) => {
    timer ??= setTimeout(flush, ms).unref()
  }
  const letGo = () => {
    const over = Math.max(0, held.length - MOST_HELD)
    if (over > 0) held.splice(0, over)
    lost += over
  }
  async function flushOnce(): Promise<void> {
    const batch = held.splice(0, BATCH)
    try {
      await write(db, batch)
      if (lost > 0) log.warn({ lost }, "the history lacks runs: Postgres was away too long")
      lost = 0
      if (held.length > 0) later(held.length >= BATCH ? 0 : FLUSH_MS)
    } catch (error) {
      held.unshift(...batch)
      letGo()
      log.debug({ error: errorText(error), held: held.length }, "the history could not be written yet")
      later(AGAIN_MS)
    }
  }
  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (busy || held.length === 0) return
    busy = true
    flushing = flushOnce().finally(() => {
      busy = false
    })
  }
  return {
    record(run) {
      held.push({ ...run, id: randomUUIDv7() })
      letGo()
      if (held.length === BATCH) flush()
      else later(FLUSH_MS)
    },
    async close(ms) {
      const end = performance.now() + ms
      const left = () => Math.max(0, end - performance.now())
      for (let batches = Math.ceil(held.length / BATCH); batches >= 0 && left() > 0; batches--) {
        await settledWithin(left(), flushing)
        flush()
      }
      await settledWithin(left(), flushing)
      clearTimeout(timer)
    },
  }
}

/** Drops the partitions of days that ended more than `days` days ago. @returns their names */
export async function dropOldRuns(db: Db, days: number): Promise<string[]> {
  const dropped: string[] = []
  for (;;) {
    const [row] = await db.execute<{ part: string | null }>(
      sql`select drop_job_runs((now() at time zone 'UTC')::date - ${days}::int) as part`,
    )
    if (!row?.part) return dropped
    dropped.push(row.part)
  }
}
