import type { Paging } from "@tintype/contract"
import {
  type AccountId,
  type Db,
  followers,
  follows,
  newestFirst,
  parseId,
  readingOrder,
  within,
} from "@tintype/db"
import { and, eq } from "drizzle-orm"
import { type AccountPage, accountPage, readAccountCard } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"

async function pageOfFollowers(db: Db, id: AccountId, paging: Paging): Promise<AccountId[]> {
  const rows = await db
    .select({ id: followers.followerId })
    .from(followers)
    .where(and(eq(followers.followeeId, id), ...within(followers.followerId, paging)))
    .orderBy(readingOrder(followers.followerId, paging))
    .limit(paging.limit)
  return rows.map((row) => row.id)
}

async function pageOfFollowing(db: Db, id: AccountId, paging: Paging): Promise<AccountId[]> {
  const rows = await db
    .select({ id: follows.followeeId })
    .from(follows)
    .where(and(eq(follows.followerId, id), eq(follows.active, true), ...within(follows.followeeId, paging)))
    .orderBy(readingOrder(follows.followeeId, paging))
    .limit(paging.limit)
  return rows.map((row) => row.id)
}

async function listEdges(
  ctx: Context,
  id: string,
  paging: Paging,
  pageOf: (db: Db, id: AccountId, paging: Paging) => Promise<AccountId[]>,
): Promise<AccountPage> {
  const accountId = parseId<"account">(id)
  if (!accountId) throw new NotFound()
  await readAccountCard(ctx, accountId)
  return accountPage(ctx, newestFirst(await pageOf(ctx.db, accountId, paging), paging))
}

/** Who follows an account, ordered by account. @throws NotFound */
export const listFollowers = (ctx: Context, _actor: Actor | null, id: string, paging: Paging) =>
  listEdges(ctx, id, paging, pageOfFollowers)

/** Whom an account follows, ordered by account. @throws NotFound */
export const listFollowing = (ctx: Context, _actor: Actor | null, id: string, paging: Paging) =>
  listEdges(ctx, id, paging, pageOfFollowing)
