import type { CacheKey, CacheWrite, Versioned } from "@tintype/cache"
import { type AccountId, type Db, inTransaction, sqlState } from "@tintype/db"
import {
  type DomainEvent,
  type EventPayload,
  enqueueAll,
  type Job,
  type NewJob,
  type PayloadOf,
  type QueuedJob,
  startWorkflow,
  type Workflow,
} from "@tintype/queue"
import type { Static, TSchema } from "typebox"
import { oweCache, recordOwed } from "./cache-repair.ts"
import type { Context } from "./context.ts"
import { DomainError, Unavailable } from "./errors.ts"
import { surrogateKeysOf } from "./surrogate-keys.ts"

/** One transaction together with the jobs and the cache entries that belong to it. */
export interface UnitOfWork {
  db: Db
  /** The job's row is written with the transaction; it is dispatched after COMMIT. */
  enqueue<J extends Job>(job: J, ownerId: AccountId, payload: PayloadOf<J>): void
  /** Starts a run of a workflow with the transaction. @returns its id; undefined when another one of its key goes on */
  start<Input extends TSchema>(
    workflow: Workflow<string, Input>,
    ownerId: AccountId,
    input: Static<Input>,
  ): Promise<string | undefined>
  /** Tells everybody who subscribes to the event: each by a job of its own, written with the transaction. */
  publish<E extends DomainEvent>(event: E, ownerId: AccountId, payload: EventPayload<E>): void
  /** What the cache shall hold under this key once the transaction is committed. */
  put<Value>(key: CacheKey<Value>, next: Versioned<Value>): void
  /** The same for a count that was added up later, which nobody was told of: gateways may show the last one once more. */
  putCounted<Value>(key: CacheKey<Value>, next: Versioned<Value>): void
}

interface Prepared<T> {
  result: T
  queued: QueuedJob[]
  write: CacheWrite | undefined
  /** What gateways must no longer show, and what they are to fetch anew. */
  shown: readonly string[]
  counted: readonly string[]
}

/** Jobs that join another one are no more work than it. @throws Unavailable */
async function admit(
  { pressure }: Context,
  { class: jobClass, unique }: Pick<Job, "class" | "unique">,
): Promise<void> {
  if (!pressure || (unique && unique.mode !== "serial")) return
  const seconds = await pressure.retryAfter(jobClass)
  if (seconds !== undefined) throw new Unavailable(undefined, seconds)
}

async function prepare<T>(
  ctx: Context,
  tx: Db,
  ownerId: AccountId,
  work: (unit: UnitOfWork) => Promise<T>,
): Promise<Prepared<T>> {
  const jobs: NewJob[] = []
  const puts: { key: CacheKey<unknown>; next: Versioned<unknown>; isCount: boolean }[] = []
  const begun: QueuedJob[] = []
  const result = await work({
    db: tx,
    async start(workflow, owner, input) {
      await admit(ctx, { class: workflow.class })
      const run = await startWorkflow(tx, workflow, owner, input)
      begun.push(...(run?.queued ?? []))
      return run?.id
    },
    enqueue: (job, owner, payload) => void jobs.push({ job, ownerId: owner, payload }),
    publish: (event, owner, payload) => void jobs.push(...ctx.subscribers.jobsOf(event, owner, payload)),
    put: (key, next) => void puts.push({ key, next, isCount: false }),
    putCounted: (key, next) => void puts.push({ key, next, isCount: true }),
  })
  for (const { job } of jobs) await admit(ctx, job)
  const write = puts.length > 0 ? await ctx.cache.beginWrite(puts) : undefined
  try {
    if (write && !write.marked) {
      jobs.push(await oweCache(tx, ownerId, [...new Set(puts.map(({ key }) => key.key))]))
    }
    const keysOf = (some: typeof puts) => some.flatMap(({ key, next }) => surrogateKeysOf(key, next))
    const shown = keysOf(puts.filter(({ isCount }) => !isCount))
    const counted = keysOf(puts.filter(({ isCount }) => isCount))
    const written = jobs.length > 0 ? await enqueueAll(tx, jobs) : []
    return { result, write, shown, counted, queued: [...written, ...begun] }
  } catch (error) {
    await write?.abandon()
    throw error
  }
}

/**
 * Whether it is certain that nothing was written: the work refused, or the server said that the COMMIT failed. A
 * connection that broke says nothing: the row may be written, so the marks stay until they end by themselves.
 */
export function isRolledBack(error: unknown): boolean {
  if (error instanceof DomainError) return true
  const state = sqlState(error)
  return state !== undefined && !/^(08|57P)/.test(state)
}

/**
 * Runs `work` in a transaction. Right before COMMIT the cache entries that it changes are marked, right after it
 * they are published, purged at the gateways, and its jobs are dispatched; a crash in between leaves neither a stale
 * entry of the cache nor a lost job, and strangers' answers at the gateways to their own lifetimes.
 *
 * @param ownerId whose rows are written: repairs are filed under it
 * @returns what `work` returned, and the jobs in the order in which they were enqueued
 */
export async function unitOfWork<T>(
  ctx: Context,
  ownerId: AccountId,
  work: (unit: UnitOfWork) => Promise<T>,
): Promise<{ result: T; queued: QueuedJob[] }> {
  const open: { write?: CacheWrite | undefined } = {}
  try {
    const { result, queued, write, shown, counted } = await inTransaction(ctx.db, async (tx) => {
      await open.write?.abandon()
      const prepared = await prepare(ctx, tx, ownerId, work)
      open.write = prepared.write
      return prepared
    })
    open.write = undefined
    await Promise.all([
      write?.publish((keys) => recordOwed(ctx, ownerId, keys)),
      shown.length > 0 ? ctx.purges.purge(shown) : undefined,
      counted.length > 0 ? ctx.purges.softPurge(counted) : undefined,
      queued.length > 0 ? ctx.queue.dispatch(queued) : undefined,
    ])
    return { result, queued }
  } catch (error) {
    if (isRolledBack(error)) await open.write?.abandon()
    throw error
  }
}
