import { type AccountId, accounts } from "@tintype/db"
import { eq, sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { accountCard, accountCardOf } from "./account-card.ts"

const BATCH = 500

const POSTS = sql<number>`(select count(*)::int from posts where owner_id = accounts.id and has_photos and in_feeds)`
const FOLLOWING = sql<number>`(select count(*)::int from follows where follower_id = accounts.id and active)`

/** Accounts of a page, and whether their counts of posts and of accounts they follow may be wrong. */
const readPage = ({ db }: Context, after: string) =>
  db
    .select({
      id: accounts.id,
      off: sql<boolean>`${accounts.statusesCount} <> ${POSTS} or ${accounts.followingCount} <> ${FOLLOWING}`,
    })
    .from(accounts)
    .where(sql`${accounts.id} > ${after}::bigint`)
    .orderBy(accounts.id)
    .limit(BATCH)

/**
 * Counts again while the account's row is held. Who posts or follows changes the row in the same transaction, so the
 * count sees all of what they did, or nothing and they add it afterwards. @returns whether it was wrong
 */
async function setRight(ctx: Context, id: AccountId): Promise<boolean> {
  const { result } = await unitOfWork(ctx, id, async (unit) => {
    const isIt = eq(accounts.id, id)
    await unit.db.select({ id: accounts.id }).from(accounts).where(isIt).for("update")
    const [counted] = await unit.db
      .select({
        statusesCount: POSTS,
        followingCount: FOLLOWING,
        hadPosts: accounts.statusesCount,
        hadFollowing: accounts.followingCount,
      })
      .from(accounts)
      .where(isIt)
    if (!counted) return false
    const { statusesCount, followingCount, hadPosts, hadFollowing } = counted
    if (statusesCount === hadPosts && followingCount === hadFollowing) return false
    const [row] = await unit.db
      .update(accounts)
      .set({ statusesCount, followingCount, version: sql`${accounts.version} + 1` })
      .where(isIt)
      .returning()
    if (row) unit.put(accountCard.key(id), accountCardOf(row))
    return true
  })
  return result
}

/** Sets counts of posts and of accounts followed right that are wrong. @returns how many accounts had one */
export async function reconcileCounts(ctx: Context, signal: AbortSignal): Promise<number> {
  let found = 0
  for (let after: string | undefined = "0"; after !== undefined; ) {
    const page: { id: AccountId; off: boolean }[] = await readPage(ctx, after)
    for (const { id, off } of page) {
      signal.throwIfAborted()
      if (off && (await setRight(ctx, id))) found++
    }
    after = page.length === BATCH ? page.at(-1)?.id : undefined
  }
  return found
}
