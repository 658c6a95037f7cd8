import type { Paging } from "@tintype/contract"
import { favourites, newestFirst, readingOrder, within } from "@tintype/db"
import { and, eq } from "drizzle-orm"
import { type AccountPage, accountPage } from "../accounts/index.ts"
import { notBarred } from "../barred.ts"
import type { Actor, Context } from "../context.ts"
import { findVisiblePost, postIdOf } from "./get-post.ts"

/** Who likes a post, ordered by account, but for those whom the viewer blocks, is blocked by or mutes. @throws NotFound, also for a post that the viewer may not see */
export async function listFavouriters(
  ctx: Context,
  actor: Actor | null,
  idText: string,
  paging: Paging,
): Promise<AccountPage> {
  const { post } = await findVisiblePost(ctx, actor, postIdOf(idText))
  const isLike = and(eq(favourites.ownerId, post.ownerId), eq(favourites.postId, post.id), favourites.active)
  const spared = actor ? notBarred(actor.accountId, favourites.accountId, ctx.now()) : undefined
  const rows = await ctx.db
    .select({ id: favourites.accountId })
    .from(favourites)
    .where(and(isLike, spared, ...within(favourites.accountId, paging)))
    .orderBy(readingOrder(favourites.accountId, paging))
    .limit(paging.limit)
  return accountPage(
    ctx,
    newestFirst(rows, paging).map(({ id }) => id),
  )
}
