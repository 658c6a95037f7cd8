import type { Status } from "@tintype/contract"
import { type AccountId, bookmarks, type Db, type Id, nextIdOf } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { holdMember } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { type Bookmarking, bookmarkMark, bookmarkMarkOf } from "./bookmark-mark.ts"
import { findVisiblePost, holdPost, postIdOf } from "./get-post.ts"
import { presentPost } from "./present-post.ts"

/** The changed row; null when it stood like that already. Racing calls wait for each other on the row. */
async function setMark(db: Db, { accountId, postId }: Bookmarking, ownerId: AccountId, active: boolean) {
  const columns = { active: bookmarks.active, version: bookmarks.version }
  const raised = { active, version: sql`${bookmarks.version} + 1`, createdAt: sql`now()` }
  const isOther = eq(bookmarks.active, !active)
  if (!active) {
    const isMark = and(eq(bookmarks.accountId, accountId), eq(bookmarks.postId, postId), isOther)
    const [gone] = await db.update(bookmarks).set(raised).where(isMark).returning(columns)
    return gone ?? null
  }
  const id = sql<Id<"bookmark">>`${nextIdOf(accountId)}`
  const [made] = await db
    .insert(bookmarks)
    .values({ accountId, postId, ownerId, id, active })
    .onConflictDoUpdate({
      target: [bookmarks.accountId, bookmarks.postId],
      set: { ...raised, id: sql`excluded.id` },
      setWhere: isOther,
    })
    .returning(columns)
  return made ?? null
}

async function changeBookmark(ctx: Context, actor: Actor, idText: string, active: boolean): Promise<Status> {
  const { post } = await findVisiblePost(ctx, actor, postIdOf(idText))
  const { ownerId, id: postId } = post
  const mark = { accountId: actor.accountId, postId }
  await unitOfWork(ctx, actor.accountId, async (unit) => {
    await Promise.all([holdMember(unit.db, actor.accountId), holdPost(unit.db, { ownerId, id: postId })])
    const changed = await setMark(unit.db, mark, ownerId, active)
    if (changed) unit.put(bookmarkMark.key(mark), bookmarkMarkOf(changed))
  })
  return presentPost(ctx, await findVisiblePost(ctx, actor, postId))
}

/** Keeps a post for later, for the member alone; again changes nothing. @throws NotFound, also for a hidden post */
export const bookmarkPost = (ctx: Context, actor: Actor, id: string): Promise<Status> =>
  changeBookmark(ctx, actor, id, true)

/** @throws NotFound, also for a post that the member may not see */
export const unbookmarkPost = (ctx: Context, actor: Actor, id: string): Promise<Status> =>
  changeBookmark(ctx, actor, id, false)
