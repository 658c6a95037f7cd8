import type { Visibility } from "@tintype/contract"
import { comments, type Db, type PostId, type posts, replyDeltas } from "@tintype/db"
import { and, eq } from "drizzle-orm"
import type { Actor, Context } from "../context.ts"
import { noteDelta } from "../counter-deltas.ts"
import { NotFound } from "../errors.ts"
import type { UnitOfWork } from "../unit-of-work.ts"
import { findVisiblePost, holdPost, postIdOf } from "./get-post.ts"
import type { PostRef, SeenPost } from "./hydrate-posts.ts"
import { foldRepliesJob } from "./jobs.ts"
import { audienceOf, type Comment, isInFeeds } from "./post-card.ts"

/** The post that a comment answers. @throws NotFound, also for one that the member may not see */
export function findAnswered(ctx: Context, actor: Actor, idText: string): Promise<SeenPost> {
  return findVisiblePost(ctx, actor, postIdOf(idText)).catch((error: unknown) => {
    if (!(error instanceof NotFound)) throw error
    throw new NotFound("The post you are trying to reply to does not appear to exist.")
  })
}

const WIDEST_FIRST: readonly Visibility[] = ["public", "unlisted", "private", "direct"]

/** That of two visibilities which is for fewer. */
export const narrower = (one: Visibility, other: Visibility): Visibility =>
  WIDEST_FIRST.indexOf(one) > WIDEST_FIRST.indexOf(other) ? one : other

/** The post that began the thread of a post: itself, unless it is a comment. */
export const threadOf = ({ id, ownerId, comment }: SeenPost["post"]): PostRef =>
  comment ? { id: comment.threadId, ownerId: comment.threadOwnerId } : { id, ownerId }

/**
 * Where a comment stands, and who may see it: nobody who could not see what it answers. What is for the followers of
 * an author has comments for these same followers, whoever writes them.
 */
export function placeComment(
  { post }: SeenPost,
  { accountId }: Actor,
  wanted: Visibility,
  hasPhotos: boolean,
): { comment: Comment; visibility: Visibility } {
  const thread = threadOf(post)
  const comment = {
    inReplyToId: post.id,
    inReplyToAccountId: post.ownerId,
    threadOwnerId: thread.ownerId,
    threadId: thread.id,
    audienceId: post.visibility === "private" ? audienceOf(post) : accountId,
    inFeeds: hasPhotos && post.ownerId === accountId && isInFeeds(post),
  }
  return { comment, visibility: narrower(post.visibility, wanted) }
}

/** Whether whoever sees a post may see this comment on it: only such ones are counted. */
export const isForAllOf = (answered: Visibility, visibility: Visibility): boolean =>
  visibility === "public" || visibility === "unlisted" || (visibility === "private" && answered === "private")

/**
 * Puts a comment under its post, and keeps that from being deleted until the transaction ends.
 *
 * @throws NotFound when the post is gone
 */
export async function joinThread(
  unit: UnitOfWork,
  { post: answered }: SeenPost,
  { id, ownerId }: PostRef,
  { threadId, threadOwnerId }: Comment,
  visibility: Visibility,
): Promise<void> {
  await holdPost(unit.db, answered)
  const counted = isForAllOf(answered.visibility, visibility)
  await unit.db.insert(comments).values({
    ownerId: threadOwnerId,
    postId: threadId,
    id,
    parentId: answered.id,
    accountId: ownerId,
    counted,
  })
  if (counted) await countComment(unit, answered, 1)
}

/** What of a comment's row says where it stands. */
type Place = Pick<
  typeof posts.$inferSelect,
  "inReplyToId" | "inReplyToAccountId" | "threadId" | "threadOwnerId"
>

/** Takes a comment that is deleted away from its post, which may be gone itself. */
export async function leaveThread(unit: UnitOfWork, id: PostId, place: Place): Promise<void> {
  const { inReplyToId, inReplyToAccountId, threadId, threadOwnerId } = place
  if (!threadId || !threadOwnerId) return
  const isIt = and(eq(comments.ownerId, threadOwnerId), eq(comments.postId, threadId), eq(comments.id, id))
  const [gone] = await unit.db.delete(comments).where(isIt).returning({ counted: comments.counted })
  if (!gone?.counted || !inReplyToId || !inReplyToAccountId) return
  const answered = { id: inReplyToId, ownerId: inReplyToAccountId }
  if (await isHeld(unit.db, answered)) await countComment(unit, answered, -1)
}

const isHeld = (db: Db, ref: PostRef): Promise<boolean> =>
  holdPost(db, ref).then(
    () => true,
    (error: unknown) => {
      if (error instanceof NotFound) return false
      throw error
    },
  )

/** Notes that a post has one comment more or less. */
export async function countComment(unit: UnitOfWork, { id, ownerId }: PostRef, delta: 1 | -1): Promise<void> {
  await noteDelta(unit.db, ownerId, id, delta, replyDeltas)
  unit.enqueue(foldRepliesJob, ownerId, { postId: id })
}
