import type { MutedAccount, Paging } from "@tintype/contract"
import { follows, newestFirst, readingOrder, within } from "@tintype/db"
import { and, eq, gt, isNotNull, isNull, or } from "drizzle-orm"
import { type AccountPage, accountPage } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"

/** Whom the member blocks, the last one first. The cursors are ids of the blocks. */
export async function listBlocks(ctx: Context, { accountId }: Actor, paging: Paging): Promise<AccountPage> {
  const isOwn = and(eq(follows.followerId, accountId), isNotNull(follows.blockId))
  const found = await ctx.db
    .select({ id: follows.followeeId, cursor: follows.blockId })
    .from(follows)
    .where(and(isOwn, ...within(follows.blockId, paging)))
    .orderBy(readingOrder(follows.blockId, paging))
    .limit(paging.limit)
  const rows = newestFirst(found, paging)
  const { items } = await accountPage(
    ctx,
    rows.map(({ id }) => id),
  )
  return { items, newest: rows[0]?.cursor ?? undefined, oldest: rows.at(-1)?.cursor ?? undefined }
}

export interface MutedPage extends AccountPage {
  items: MutedAccount[]
}

/** Whom the member mutes now, the last one first. The cursors are ids of the mutes. */
export async function listMutes(ctx: Context, { accountId }: Actor, paging: Paging): Promise<MutedPage> {
  const isOwn = and(eq(follows.followerId, accountId), isNotNull(follows.muteId))
  const isInForce = or(isNull(follows.mutedUntil), gt(follows.mutedUntil, ctx.now()))
  const found = await ctx.db
    .select({ id: follows.followeeId, cursor: follows.muteId, until: follows.mutedUntil })
    .from(follows)
    .where(and(isOwn, isInForce, ...within(follows.muteId, paging)))
    .orderBy(readingOrder(follows.muteId, paging))
    .limit(paging.limit)
  const rows = newestFirst(found, paging)
  const { items } = await accountPage(
    ctx,
    rows.map(({ id }) => id),
  )
  const ends = new Map<string, Date | null>(rows.map(({ id, until }) => [id, until]))
  return {
    items: items.map((item) => ({ ...item, mute_expires_at: ends.get(item.id)?.toISOString() ?? null })),
    newest: rows[0]?.cursor ?? undefined,
    oldest: rows.at(-1)?.cursor ?? undefined,
  }
}
