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
import { and, eq, type SQL } from "drizzle-orm"
import type { PgColumn } from "drizzle-orm/pg-core"
import { type AccountPage, accountCard, accountPage } from "../accounts/index.ts"
import { notBarred } from "../barred.ts"
import { readCards } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { tieCard } from "./tie.ts"

/** Leaves out whom the viewer blocks, is blocked by or mutes. */
type Spared = (accountId: PgColumn) => SQL | undefined

async function pageOfFollowers(db: Db, id: AccountId, spared: Spared, paging: Paging): Promise<AccountId[]> {
  const rows = await db
    .select({ id: followers.followerId })
    .from(followers)
    .where(
      and(
        eq(followers.followeeId, id),
        spared(followers.followerId),
        ...within(followers.followerId, paging),
      ),
    )
    .orderBy(readingOrder(followers.followerId, paging))
    .limit(paging.limit)
  return rows.map((row) => row.id)
}

async function pageOfFollowing(db: Db, id: AccountId, spared: Spared, paging: Paging): Promise<AccountId[]> {
  const isFollowed = and(eq(follows.followerId, id), eq(follows.active, true))
  const rows = await db
    .select({ id: follows.followeeId })
    .from(follows)
    .where(and(isFollowed, spared(follows.followeeId), ...within(follows.followeeId, paging)))
    .orderBy(readingOrder(follows.followeeId, paging))
    .limit(paging.limit)
  return rows.map((row) => row.id)
}

/** Whether somebody may know with whom an account has to do: not if it blocks them. @throws NotFound */
async function mayLook(ctx: Context, viewerId: AccountId | null, accountId: AccountId): Promise<boolean> {
  const key = accountCard.key(accountId)
  const tie = viewerId && tieCard.key({ followerId: viewerId, followeeId: accountId })
  const cards = await readCards(ctx, tie ? [key, tie] : [key])
  if (!cards.get(key)) throw new NotFound()
  return !tie || cards.get(tie)?.blockedBy !== true
}

async function listEdges(
  ctx: Context,
  actor: Actor | null,
  id: string,
  paging: Paging,
  pageOf: (db: Db, id: AccountId, spared: Spared, paging: Paging) => Promise<AccountId[]>,
): Promise<AccountPage> {
  const accountId = parseId<"account">(id)
  if (!accountId) throw new NotFound()
  const viewerId = actor?.accountId ?? null
  if (!(await mayLook(ctx, viewerId, accountId))) return accountPage(ctx, [])
  const now = ctx.now()
  // Members see all who follow them, and all whom they follow.
  const spared: Spared = (column) =>
    viewerId && viewerId !== accountId ? notBarred(viewerId, column, now) : undefined
  return accountPage(ctx, newestFirst(await pageOf(ctx.db, accountId, spared, paging), paging))
}

/** Who follows an account, ordered by account. @throws NotFound */
export const listFollowers = (ctx: Context, actor: Actor | null, id: string, paging: Paging) =>
  listEdges(ctx, actor, id, paging, pageOfFollowers)

/** Whom an account follows, ordered by account. @throws NotFound */
export const listFollowing = (ctx: Context, actor: Actor | null, id: string, paging: Paging) =>
  listEdges(ctx, actor, id, paging, pageOfFollowing)
