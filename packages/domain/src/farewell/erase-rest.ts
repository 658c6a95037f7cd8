import {
  type AccountId,
  accountExports,
  accounts,
  bookmarks,
  counterDeltas,
  favourites,
  idempotencyKeys,
  likes,
  listMembers,
  lists,
  media,
  mergedAuthors,
  replyDeltas,
} from "@tintype/db"
import { and, eq, inArray, not, type SQL, sql } from "drizzle-orm"
import type { PgTable } from "drizzle-orm/pg-core"
import { eraseGrants } from "../auth/index.ts"
import type { Context } from "../context.ts"
import { inBatches } from "../in-batches.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { eraseChunk } from "./erase-chunk.ts"
import { eraseOthersTies } from "./erase-follows.ts"
import { CHUNKED } from "./workflow.ts"

const AT_ONCE = 500
const TIES_AT_ONCE = 100
const LAST_ID = String(2n ** 63n - 1n)

/** Rows that others are not told of, some at a time. */
const erase = ({ db }: Context, table: PgTable, which: SQL | undefined, signal: AbortSignal) =>
  inBatches(signal, async () => {
    const gone = await db.execute(sql`
      delete from ${table} where ctid = any(array(select ctid from ${table} where ${which} limit ${AT_ONCE}::int))
      returning 1 as one`)
    return gone.length
  })

/** Likes of the account's posts, which are all gone; those of the likers go first, as the others lead to them. */
const eraseLikers = ({ db }: Context, ownerId: AccountId, signal: AbortSignal) =>
  inBatches(signal, async () => {
    const some = await db
      .select({ postId: favourites.postId, accountId: favourites.accountId })
      .from(favourites)
      .where(eq(favourites.ownerId, ownerId))
      .limit(AT_ONCE)
    if (some.length === 0) return 0
    const postIds = [...new Set(some.map(({ postId }) => postId))]
    const accountIds = [...new Set(some.map(({ accountId }) => accountId))]
    await db.delete(likes).where(and(inArray(likes.accountId, accountIds), inArray(likes.postId, postIds)))
    const isIt = and(eq(favourites.ownerId, ownerId), inArray(favourites.postId, postIds))
    await db.delete(favourites).where(and(isIt, inArray(favourites.accountId, accountIds)))
    return some.length
  })

/** Tables that belong to the account, or name it, and that nothing cached is made of. Lists go before those on them. */
const rest = (id: AccountId): readonly (readonly [PgTable, SQL | undefined])[] => [
  [favourites, and(eq(favourites.accountId, id), not(favourites.active))],
  [bookmarks, eq(bookmarks.ownerId, id)],
  [lists, eq(lists.ownerId, id)],
  [listMembers, eq(listMembers.ownerId, id)],
  [media, eq(media.ownerId, id)],
  [idempotencyKeys, eq(idempotencyKeys.accountId, id)],
  [accountExports, eq(accountExports.ownerId, id)],
  [mergedAuthors, eq(mergedAuthors.accountId, id)],
  [counterDeltas, eq(counterDeltas.ownerId, id)],
  [replyDeltas, eq(replyDeltas.ownerId, id)],
]

/** Erases everything else, and empties the account's row of all but the name. */
export async function eraseRest(ctx: Context, accountId: AccountId, signal: AbortSignal): Promise<void> {
  for (const kind of CHUNKED) await eraseChunk(ctx, accountId, { kind, after: "0", upTo: LAST_ID }, signal)
  await eraseLikers(ctx, accountId, signal)
  await inBatches(signal, async () => {
    const { result } = await unitOfWork(ctx, accountId, (unit) =>
      eraseOthersTies(unit, accountId, TIES_AT_ONCE),
    )
    return result
  })
  for (const [table, which] of rest(accountId)) await erase(ctx, table, which, signal)
  await eraseGrants(ctx, accountId, signal)
  await ctx.blobs.eraseOwner(accountId)
  await ctx.db
    .update(accounts)
    .set({ statusesCount: 0, followersCount: 0, followingCount: 0, erasedAt: sql`now()` })
    .where(eq(accounts.id, accountId))
  ctx.log.info({ accountId }, "what a deleted account had left was erased")
}
