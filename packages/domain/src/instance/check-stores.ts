import { sql } from "drizzle-orm"
import type { Context } from "../context.ts"

/** No entry has this key: forgetting it changes nothing, and fails while the cache is away. */
const UNUSED_KEY = "{health}"

/** @throws when the database does not answer */
export async function checkDatabase(ctx: Context): Promise<void> {
  await ctx.db.execute(sql`select 1`)
}

/** @throws when the queue's Redis does not answer */
export async function checkQueue(ctx: Context): Promise<void> {
  await ctx.queue.countWorkers()
}

/** @throws when no worker takes jobs, or nobody knows */
export async function checkWorkers(ctx: Context): Promise<void> {
  if ((await ctx.queue.countWorkers()) === 0) throw new Error("no worker is there")
}

/** @throws when the cache's Redis does not answer */
export const checkCache = (ctx: Context): Promise<void> => ctx.cache.forget([UNUSED_KEY])
