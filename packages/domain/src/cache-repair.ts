import { type AccountId, cacheDebts, type Db, inTransaction } from "@tintype/db"
import { defineJob, enqueueAll, type NewJob } from "@tintype/queue"
import { and, inArray } from "drizzle-orm"
import { Type } from "typebox"
import type { Context } from "./context.ts"

/** Filed by a write that could not reach the cache: what it left there must not be believed. */
export const forgetCachedJob = defineJob({
  name: "cache.forget",
  class: "upkeep",
  payload: Type.Object({ keys: Type.Array(Type.String(), { maxItems: 1000 }) }),
  attempts: 1000,
  backoffMs: [200, 5_000],
  deadlineSeconds: 10,
})

/** Within the transaction of such a write: until the job has run, those who read do not believe the cache. */
export async function oweCache(tx: Db, ownerId: AccountId, keys: readonly string[]): Promise<NewJob> {
  await tx.insert(cacheDebts).values(keys.map((key) => ({ key })))
  return { job: forgetCachedJob, ownerId, payload: { keys: [...keys] } }
}

/** The same for a write that is committed. */
export async function recordOwed(ctx: Context, ownerId: AccountId, keys: readonly string[]): Promise<void> {
  const queued = await inTransaction(ctx.db, async (tx) =>
    enqueueAll(tx, [await oweCache(tx, ownerId, keys)]),
  )
  await ctx.queue.dispatch(queued)
}

/** More than this are not worth naming: nothing of the cache is believed. */
const MOST_NAMED = 5_000

/** The keys about which the cache is not to be believed; null when there are too many. */
export async function readOwed(db: Db): Promise<string[] | null> {
  const rows = await db
    .select({ key: cacheDebts.key })
    .from(cacheDebts)
    .limit(MOST_NAMED + 1)
  return rows.length > MOST_NAMED ? null : rows.map(({ key }) => key)
}

/** Safe to run twice: forgetting costs a read of the database at most. */
export async function forgetCached({ db, cache }: Context, keys: readonly string[]): Promise<void> {
  // What is recorded from here on is not taken out: it may be for a write after the forgetting.
  const debts = await db
    .select({ id: cacheDebts.id })
    .from(cacheDebts)
    .where(inArray(cacheDebts.key, [...keys]))
  await cache.forget(keys)
  if (debts.length === 0) return
  const ids = debts.map(({ id }) => id)
  await db.delete(cacheDebts).where(and(inArray(cacheDebts.key, [...keys]), inArray(cacheDebts.id, ids)))
}
