import type { Status } from "@tintype/contract"
import type { Db } from "@tintype/db"
import { sql } from "drizzle-orm"
import type { Actor, Context } from "../context.ts"
import { NotFound, Unauthorized } from "../errors.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { type Favouriting, favouriteMark, favouriteMarkOf } from "./favourite-mark.ts"
import { findUnmarkedPost, postIdOf } from "./get-post.ts"
import { presentPost } from "./present-post.ts"

interface Changed extends Record<string, unknown> {
  lacking: "member" | "post" | null
  raised: number | null
  favourites: number
  bookmarked: boolean
}

/**
 * Sets the mark, the same under the account that likes, and the note to be counted. Racing calls wait for each other on
 * the mark. Keeps post and member from being deleted until the transaction ends.
 *
 * @returns the mark's version where it changed, and what the post shows its liker in this transaction
 * @throws NotFound without the post; Unauthorized without the member
 */
async function setFavourite(db: Db, { ownerId, postId, accountId }: Favouriting, active: boolean) {
  const [row] = await db.execute<Changed>(sql`
    select * from set_favourite(${ownerId}::bigint, ${postId}::bigint, ${accountId}::bigint, ${active}::boolean)`)
  if (!row || row.lacking === "post") throw new NotFound()
  if (row.lacking === "member") throw new Unauthorized()
  return row
}

async function changeFavourite(ctx: Context, actor: Actor, idText: string, active: boolean): Promise<Status> {
  const { post, author } = await findUnmarkedPost(ctx, actor, postIdOf(idText))
  const mark = { ownerId: post.ownerId, postId: post.id, accountId: actor.accountId }
  const { result } = await unitOfWork(ctx, post.ownerId, async (unit) => {
    const changed = await setFavourite(unit.db, mark, active)
    const { raised } = changed
    if (raised !== null) unit.put(favouriteMark.key(mark), favouriteMarkOf({ active, version: raised }))
    return changed
  })
  const viewer = { favourited: active, bookmarked: result.bookmarked }
  return { ...presentPost(ctx, { post, author, viewer }), favourites_count: result.favourites }
}

/** Likes a post; again changes nothing. @throws NotFound, also for a post that the member may not see */
export const favouritePost = (ctx: Context, actor: Actor, id: string): Promise<Status> =>
  changeFavourite(ctx, actor, id, true)

/** @throws NotFound, also for a post that the member may not see */
export const unfavouritePost = (ctx: Context, actor: Actor, id: string): Promise<Status> =>
  changeFavourite(ctx, actor, id, false)
