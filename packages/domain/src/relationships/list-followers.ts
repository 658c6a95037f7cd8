import type { Account, Paging } from "@tintype/contract"
import { type AccountId, type Db, followers, follows, parseId } from "@tintype/db"
import { and, asc, desc, eq, gt, lt, type SQL } from "drizzle-orm"
import type { PgColumn } from "drizzle-orm/pg-core"
import { accountCard, presentAccount, readAccountCard } from "../accounts/index.ts"
import { readCards } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"

/** Accounts on a page and the cursors at its ends, which are ids of the accounts on the other side of the edge. */
export interface AccountPage {
  items: Account[]
  newest: string | undefined
  oldest: string | undefined
}

function between(column: PgColumn, { max_id, since_id, min_id }: Paging): SQL[] {
  const after = min_id ?? since_id
  return [...(max_id ? [lt(column, max_id)] : []), ...(after ? [gt(column, after)] : [])]
}

async function pageOfFollowers(db: Db, id: AccountId, paging: Paging): Promise<AccountId[]> {
  const rows = await db
    .select({ id: followers.followerId })
    .from(followers)
    .where(and(eq(followers.followeeId, id), ...between(followers.followerId, paging)))
    .orderBy(paging.min_id ? asc(followers.followerId) : desc(followers.followerId))
    .limit(paging.limit)
  return rows.map((row) => row.id)
}

async function pageOfFollowing(db: Db, id: AccountId, paging: Paging): Promise<AccountId[]> {
  const rows = await db
    .select({ id: follows.followeeId })
    .from(follows)
    .where(and(eq(follows.followerId, id), eq(follows.active, true), ...between(follows.followeeId, paging)))
    .orderBy(paging.min_id ? asc(follows.followeeId) : desc(follows.followeeId))
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
  const ids = await pageOf(ctx.db, accountId, paging)
  if (paging.min_id) ids.reverse()
  const cards = await readCards(ctx, ids.map(accountCard.key))
  const items = ids.flatMap((each) => {
    const card = cards.get(accountCard.key(each))
    return card ? [presentAccount(ctx.settings, card)] : []
  })
  return { items, newest: ids[0], oldest: ids.at(-1) }
}

/** Who follows an account, ordered by account. @throws NotFound */
export const listFollowers = (ctx: Context, _actor: Actor | null, id: string, paging: Paging) =>
  listEdges(ctx, id, paging, pageOfFollowers)

/** Whom an account follows, ordered by account. @throws NotFound */
export const listFollowing = (ctx: Context, _actor: Actor | null, id: string, paging: Paging) =>
  listEdges(ctx, id, paging, pageOfFollowing)
