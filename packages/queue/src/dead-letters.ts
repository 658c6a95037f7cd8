import { type AccountId, type Db, type DeadReason, inTransaction, outbox, sqlState } from "@tintype/db"
import { and, desc, eq, isNotNull, type SQL, sql } from "drizzle-orm"
import { noteAudit } from "./audit.ts"
import type { Job } from "./define-job.ts"
import type { QueuedJob } from "./enqueue.ts"
import type { Catalogue } from "./handlers.ts"
import type { JobClass } from "./job-class.ts"
import type { JobKey } from "./ledger.ts"
import type { Queue } from "./open-queue.ts"
import { limitOf, type Page, type PageRequest, pageOf, placeOf } from "./pages.ts"
import { retryLetter, stepLetters } from "./workflows/step-letters.ts"

/** A job that was given up. */
export interface DeadLetter {
  ownerId: AccountId
  id: string
  name: string
  class: string
  payload: unknown
  reason: DeadReason | null
  error: string | null
  attempts: number
  deadAt: Date
  createdAt: Date
  traceId: string | null
  /** The run of a workflow whose step it is. */
  runId: string | null
}

/** Which dead letters: all conditions that are given hold. */
export interface DeadLetterFilter {
  name?: string
  class?: JobClass
  reason?: DeadReason
  ownerId?: AccountId
}

export interface DeadLettersOptions {
  db: Db
  jobs: Catalogue
  queue: Pick<Queue, "dispatch">
}

/** Dead letters, and what an operator does with them. Each act is one transaction with its note in the audit. */
export interface DeadLetters {
  /** The newest first. */
  list(filter?: DeadLetterFilter, request?: PageRequest): Promise<Page<DeadLetter>>
  read(key: JobKey): Promise<DeadLetter | undefined>
  /**
   * Puts another payload in. @returns false when there is no such dead letter
   *
   * @throws TypeError when the payload does not fit the job, the job is not known, or it is a workflow's step, which
   *   works on what its run was given
   */
  edit(actorId: AccountId, key: JobKey, payload: unknown): Promise<boolean>
  /**
   * Gives jobs all their attempts again and sends them. A unique job of whose key another one waits is left to that
   * one. Of a workflow's step its run goes on; where that cannot be now, the letter stays.
   *
   * @returns how many of them were dead letters and are none any more
   */
  retry(actorId: AccountId, keys: readonly JobKey[]): Promise<number>
  /** As `retry`, for those that a filter finds, 1000 at a time. @returns how many; 0 when none is left that can be */
  retryAll(actorId: AccountId, filter: DeadLetterFilter): Promise<number>
  /** Removes them for good; the run of a workflow's step stays failed. @returns how many of them there were */
  discard(actorId: AccountId, keys: readonly JobKey[]): Promise<number>
  /** As `discard`, for those that a filter finds, 1000 at a time. @returns how many; 0 when none is left */
  discardAll(actorId: AccountId, filter: DeadLetterFilter): Promise<number>
}

const MOST_AT_ONCE = 1_000

const COLUMNS = {
  ownerId: outbox.ownerId,
  id: outbox.id,
  name: outbox.name,
  class: outbox.class,
  payload: outbox.payload,
  reason: outbox.deadReason,
  error: outbox.lastError,
  attempts: outbox.attempts,
  deadAt: sql<Date>`${outbox.deadAt}`.mapWith(outbox.deadAt),
  createdAt: outbox.createdAt,
  traceId: outbox.traceId,
}

const isDead = isNotNull(outbox.deadAt)
const isOne = ({ ownerId, id }: JobKey) => and(isDead, eq(outbox.ownerId, ownerId), eq(outbox.id, id))

function areAmong(keys: readonly JobKey[]): SQL | undefined {
  if (keys.length > MOST_AT_ONCE) throw new RangeError(`more than ${MOST_AT_ONCE} dead letters at once`)
  const pairs = keys.map(({ ownerId, id }) => sql`(${ownerId}::bigint, ${id}::uuid)`)
  return and(isDead, sql`(${outbox.ownerId}, ${outbox.id}) in (${sql.join(pairs, sql`, `)})`)
}

const matches = ({ name, class: jobClass, reason, ownerId }: DeadLetterFilter) =>
  and(
    isDead,
    name === undefined ? undefined : eq(outbox.name, name),
    jobClass && eq(outbox.class, jobClass),
    reason && eq(outbox.deadReason, reason),
    ownerId && eq(outbox.ownerId, ownerId),
  )

const ALIVE = {
  deadAt: null,
  deadReason: null,
  failures: 0,
  unreported: 0,
  dueAt: sql`now()`,
  resendAt: sql`now() + interval '2 seconds'`,
}

type Revived = Pick<DeadLetter, "ownerId" | "id" | "name">

/** Dead letters with the runs whose steps they are. */
async function withRuns<L extends Omit<DeadLetter, "runId">>(db: Db, letters: readonly L[]) {
  const runs = new Map((await stepLetters(db, letters)).map(({ id, runId }) => [id, runId]))
  return letters.map((letter) => ({ ...letter, runId: runs.get(letter.id) ?? null }))
}

/** One with a key, unless another one of the key is where it would be: then that one does its work. */
async function reviveUnique(tx: Db, letter: Revived): Promise<boolean> {
  try {
    await tx.transaction((savepoint) => savepoint.update(outbox).set(ALIVE).where(isOne(letter)))
    return true
  } catch (error) {
    if (sqlState(error) !== "23505") throw error
    await tx.delete(outbox).where(isOne(letter))
    return false
  }
}

/** Tries the steps of those that are a workflow's again. What has to be taken back goes first: the run goes on after it. */
async function retrySteps(tx: Db, keys: readonly JobKey[]) {
  const columns = { ownerId: outbox.ownerId, id: outbox.id, name: outbox.name, payload: outbox.payload }
  const letters = await stepLetters(tx, await tx.select(columns).from(outbox).where(areAmong(keys)))
  const queued: QueuedJob[] = []
  const retried: typeof letters = []
  for (const letter of letters.toSorted((a, b) => Number(b.undo) - Number(a.undo))) {
    const jobs = await retryLetter(tx, letter)
    if (!jobs) continue
    queued.push(...jobs)
    retried.push(letter)
  }
  return { letters, retried, queued }
}

async function revive(tx: Db, keys: readonly JobKey[]): Promise<{ revived: Revived[]; found: Revived[] }> {
  if (keys.length === 0) return { revived: [], found: [] }
  const columns = { ownerId: outbox.ownerId, id: outbox.id, name: outbox.name, uniqueKey: outbox.uniqueKey }
  const found = await tx.select(columns).from(outbox).where(areAmong(keys)).for("update")
  const plain = found.filter(({ uniqueKey }) => uniqueKey === null)
  if (plain.length > 0) await tx.update(outbox).set(ALIVE).where(areAmong(plain))
  const revived: Revived[] = plain
  for (const letter of found) {
    if (letter.uniqueKey !== null && (await reviveUnique(tx, letter))) revived.push(letter)
  }
  return { revived, found }
}

async function list(db: Db, filter: DeadLetterFilter, request: PageRequest): Promise<Page<DeadLetter>> {
  const limit = limitOf(request)
  const place = placeOf(request)
  const before = place && sql`(dead_at, id) < (${place.at.toISOString()}::timestamptz, ${place.id}::uuid)`
  const rows = await db
    .select(COLUMNS)
    .from(outbox)
    .where(and(matches(filter), before))
    .orderBy(desc(outbox.deadAt), desc(outbox.id))
    .limit(limit + 1)
  const { items, ...page } = pageOf(rows, limit, ({ deadAt, id }) => ({ at: deadAt, id }))
  return { ...page, items: await withRuns(db, items) }
}

async function edit(
  tx: Db,
  catalogue: ReadonlyMap<string, Job>,
  actorId: AccountId,
  key: JobKey,
  payload: unknown,
): Promise<boolean> {
  const [letter] = await tx.select(COLUMNS).from(outbox).where(isOne(key)).for("update")
  if (!letter) return false
  const job = catalogue.get(letter.name)
  if (!job?.accepts(payload)) throw new TypeError(`the payload does not fit the job ${letter.name}`)
  if ((await stepLetters(tx, [letter])).length > 0) {
    throw new TypeError(`${letter.name} is a step: it works on what its run was given`)
  }
  const uniqueKey = job.unique?.key(payload) ?? null
  await tx.update(outbox).set({ payload, uniqueKey }).where(isOne(key))
  const detail = { name: letter.name, before: letter.payload, after: payload }
  await noteAudit(tx, actorId, "dead-letter.edit", [{ subject: key.id, detail }])
  return true
}

const find = (db: Db, filter: DeadLetterFilter): Promise<JobKey[]> =>
  db
    .select({ ownerId: outbox.ownerId, id: outbox.id })
    .from(outbox)
    .where(matches(filter))
    .orderBy(desc(outbox.deadAt), desc(outbox.id))
    .limit(MOST_AT_ONCE)

const discard = (db: Db, actorId: AccountId, keys: readonly JobKey[]): Promise<number> =>
  inTransaction(db, async (tx) => {
    if (keys.length === 0) return 0
    const gone = await tx.delete(outbox).where(areAmong(keys)).returning(COLUMNS)
    const notes = gone.map(({ id, name, payload, error }) => ({
      subject: id,
      detail: { name, payload, error },
    }))
    await noteAudit(tx, actorId, "dead-letter.discard", notes)
    return gone.length
  })

/** Opens the dead letters of a catalogue. */
export function openDeadLetters({ db, jobs, queue }: DeadLettersOptions): DeadLetters {
  const catalogue = new Map(jobs.map((job) => [job.name, job]))

  const queuedOf = ({ ownerId, id, name }: Revived): QueuedJob[] => {
    const job = catalogue.get(name)
    return job
      ? [{ ownerId, id, name, class: job.class, ...(job.priority && { priority: job.priority }) }]
      : []
  }
  const retry = async (actorId: AccountId, keys: readonly JobKey[]) => {
    if (keys.length === 0) return 0
    const { count, queued } = await inTransaction(db, async (tx) => {
      const steps = await retrySteps(tx, keys)
      const isStep = new Set(steps.letters.map(({ id }) => id))
      const { revived, found } = await revive(
        tx,
        keys.filter(({ id }) => !isStep.has(id)),
      )
      await noteAudit(tx, actorId, "dead-letter.retry", [
        ...found.map(({ id, name }) => ({ subject: id, detail: { name } })),
        ...steps.retried.map(({ id, name, runId }) => ({ subject: id, detail: { name, runId } })),
      ])
      return {
        count: found.length + steps.retried.length,
        queued: [...revived.flatMap(queuedOf), ...steps.queued],
      }
    })
    await queue.dispatch(queued)
    return count
  }
  return {
    list: (filter = {}, request = {}) => list(db, filter, request),
    async read(key) {
      const [letter] = await withRuns(db, await db.select(COLUMNS).from(outbox).where(isOne(key)))
      return letter
    },
    edit: (actorId, key, payload) => inTransaction(db, (tx) => edit(tx, catalogue, actorId, key, payload)),
    retry,
    retryAll: async (actorId, filter) => retry(actorId, await find(db, filter)),
    discard: (actorId, keys) => discard(db, actorId, keys),
    discardAll: async (actorId, filter) => discard(db, actorId, await find(db, filter)),
  }
}

/**
 * Removes dead letters that nobody has looked after for `days` days, and the oldest of more than `most`: up to 1000 of
 * each.
 *
 * @returns how many; 0 when nothing is left to remove
 */
export async function forgetDeadLetters(db: Db, days: number, most: number): Promise<number> {
  const columns = { ownerId: outbox.ownerId, id: outbox.id }
  const old = db
    .select(columns)
    .from(outbox)
    .where(and(isDead, sql`dead_at < now() - ${days}::int * interval '1 day'`))
    .limit(MOST_AT_ONCE)
  const surplus = db
    .select(columns)
    .from(outbox)
    .where(isDead)
    .orderBy(desc(outbox.deadAt), desc(outbox.id))
    .offset(most)
    .limit(MOST_AT_ONCE)
  const gone = await db
    .delete(outbox)
    .where(and(isDead, sql`(${outbox.ownerId}, ${outbox.id}) in ((${old}) union (${surplus}))`))
    .returning({ id: outbox.id })
  return gone.length
}
