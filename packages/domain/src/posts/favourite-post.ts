import type { Status } from "@tintype/contract"
import { counterDeltas, type Db, favourites, type Id, likes, nextIdOf, posts } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { holdMember } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { noteDelta } from "../counter-deltas.ts"
import { NotFound } from "../errors.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { type Favouriting, favouriteMark, favouriteMarkOf } from "./favourite-mark.ts"
import { findVisiblePost, holdPost, postIdOf } from "./get-post.ts"
import { foldFavouritesJob } from "./jobs.ts"
import { presentPost } from "./present-post.ts"

/** The changed mark; null when it stood like that already. Racing calls wait for each other on the row. */
async function setMark(db: Db, { ownerId, postId, accountId }: Favouriting, active: boolean) {
  const change = { active, version: sql`${favourites.version} + 1`, createdAt: sql`now()` }
  const columns = { active: favourites.active, version: favourites.version }
  const isOther = eq(favourites.active, !active)
  const { ownerId: owner, postId: post, accountId: account } = favourites
  const changed = active
    ? await db
        .insert(favourites)
        .values({ ownerId, postId, accountId, active })
        .onConflictDoUpdate({ target: [owner, post, account], set: change, setWhere: isOther })
        .returning(columns)
    : await db
        .update(favourites)
        .set(change)
        .where(and(eq(owner, ownerId), eq(post, postId), eq(account, accountId), isOther))
        .returning(columns)
  return changed[0] ?? null
}

/** The same under the account that likes. */
async function mirrorMark(
  db: Db,
  { ownerId, postId, accountId }: Favouriting,
  active: boolean,
): Promise<void> {
  if (active) {
    const id = sql<Id<"like">>`${nextIdOf(accountId)}`
    await db.insert(likes).values({ accountId, id, postId, ownerId }).onConflictDoNothing()
  } else {
    await db.delete(likes).where(and(eq(likes.accountId, accountId), eq(likes.postId, postId)))
  }
}

/** The folded count and what is noted but not folded yet: exact in this transaction. */
async function countFavourites(db: Db, { ownerId, postId }: Favouriting): Promise<number> {
  const noted = db
    .select({ sum: sql<number>`coalesce(sum(${counterDeltas.delta}), 0)::int` })
    .from(counterDeltas)
    .where(and(eq(counterDeltas.ownerId, ownerId), eq(counterDeltas.subjectId, postId)))
  const [row] = await db
    .select({ count: sql<number>`${posts.favouritesCount} + (${noted})` })
    .from(posts)
    .where(and(eq(posts.ownerId, ownerId), eq(posts.id, postId)))
  if (!row) throw new NotFound()
  return row.count
}

async function changeFavourite(ctx: Context, actor: Actor, idText: string, active: boolean): Promise<Status> {
  const { post } = await findVisiblePost(ctx, actor, postIdOf(idText))
  const { ownerId, id: postId } = post
  const mark = { ownerId, postId, accountId: actor.accountId }
  const { result: count } = await unitOfWork(ctx, ownerId, async (unit) => {
    await Promise.all([holdMember(unit.db, mark.accountId), holdPost(unit.db, { ownerId, id: postId })])
    const changed = await setMark(unit.db, mark, active)
    if (changed) {
      await mirrorMark(unit.db, mark, active)
      await noteDelta(unit.db, ownerId, postId, active ? 1 : -1)
      unit.put(favouriteMark.key(mark), favouriteMarkOf(changed))
      unit.enqueue(foldFavouritesJob, ownerId, { postId })
    }
    return countFavourites(unit.db, mark)
  })
  const status = presentPost(ctx, await findVisiblePost(ctx, actor, postId))
  return { ...status, favourites_count: count }
}

/** Likes a post; again changes nothing. @throws NotFound, also for a post that the member may not see */
export const favouritePost = (ctx: Context, actor: Actor, id: string): Promise<Status> =>
  changeFavourite(ctx, actor, id, true)

/** @throws NotFound, also for a post that the member may not see */
export const unfavouritePost = (ctx: Context, actor: Actor, id: string): Promise<Status> =>
  changeFavourite(ctx, actor, id, false)
