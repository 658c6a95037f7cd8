import { type AccountId, type Db, followers, parseId } from "@tintype/db"
import { and, asc, eq, gt } from "drizzle-orm"
import { readCard } from "../cards.ts"
import type { Context } from "../context.ts"
import { postCard } from "../posts/index.ts"
import { encodeEntry } from "./home-entry.ts"
import { homeList } from "./read-home.ts"

const FOLLOWERS_AT_ONCE = 1000

async function nextFollowers(
  db: Db,
  followeeId: AccountId,
  after: AccountId | undefined,
): Promise<AccountId[]> {
  const rows = await db
    .select({ id: followers.followerId })
    .from(followers)
    .where(and(eq(followers.followeeId, followeeId), after ? gt(followers.followerId, after) : undefined))
    .orderBy(asc(followers.followerId))
    .limit(FOLLOWERS_AT_ONCE)
  return rows.map((row) => row.id)
}

/**
 * Tells the warm timelines of the author and the followers of a post, those that exist. Safe to run twice: a list
 * may hold an entry twice.
 *
 * @throws CacheUnavailable when a list could not be told: to be tried again
 */
export async function fanOutPost(
  ctx: Context,
  ownerId: AccountId,
  idText: string,
  signal: AbortSignal,
): Promise<void> {
  const id = parseId<"post">(idText)
  if (!id || !(await readCard(ctx, postCard.key(id)))) return
  const entry = encodeEntry({ id, ownerId })
  await ctx.warmLists.push([homeList(ownerId)], entry)
  for (let after: AccountId | undefined; ; ) {
    signal.throwIfAborted()
    const page = await nextFollowers(ctx.db, ownerId, after)
    await ctx.warmLists.push(page.map(homeList), entry)
    after = page.at(-1)
    if (page.length < FOLLOWERS_AT_ONCE) return
  }
}

/** Lets the author see a post of their own at once; the job repeats it should this fail. */
export async function showOwnPost(ctx: Context, ownerId: AccountId, idText: string): Promise<void> {
  const id = parseId<"post">(idText)
  if (id) await ctx.warmLists.push([homeList(ownerId)], encodeEntry({ id, ownerId })).catch(() => {})
}
