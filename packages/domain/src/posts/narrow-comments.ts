import type { Visibility } from "@tintype/contract"
import { type AccountId, comments, type Db, type PostId, parseId, posts } from "@tintype/db"
import { and, asc, eq, gt, sql } from "drizzle-orm"
import { loadCard } from "../cards.ts"
import type { Context } from "../context.ts"
import { rehangPhotos, removeRenditions } from "../media/index.ts"
import { type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { reachOf } from "./change-visibility.ts"
import { countComment, isForAllOf, narrower, threadOf } from "./comment-place.ts"
import { postChanged } from "./events.ts"
import { audienceOf, type PostCard, postCard } from "./post-card.ts"
import { unlistFromTags } from "./post-tags.ts"

/** Comments that one statement gives. */
const AT_ONCE = 200

type Row = typeof posts.$inferSelect

/** Who may see a comment: its visibility, and whose followers are meant by it. */
interface Reach {
  visibility: Visibility
  audienceId: AccountId
}

/**
 * What is left of a comment's reach under a post that is for fewer now; null where it is narrow enough. What is for
 * followers of one account, under what is for those of another, is for nobody but whom it names.
 */
export function narrowedReach(post: PostCard, reach: Reach): Reach | null {
  const audienceId = audienceOf(post)
  const isOther = post.visibility === "private" && reach.audienceId !== audienceId
  if (reach.visibility === "private" && isOther) return { ...reach, visibility: "direct" }
  const visibility = narrower(post.visibility, reach.visibility)
  if (visibility === reach.visibility) return null
  return { visibility, audienceId: post.visibility === "private" ? audienceId : reach.audienceId }
}

/** Comments that answer the post itself, in the order of ids. */
async function readAnswers(db: Db, post: PostCard, after: string): Promise<Row[]> {
  const thread = threadOf(post)
  const rows = await db
    .select({ row: posts })
    .from(comments)
    .innerJoin(posts, and(eq(posts.ownerId, comments.accountId), eq(posts.id, comments.id)))
    .where(
      and(
        eq(comments.ownerId, thread.ownerId),
        eq(comments.postId, thread.id),
        eq(comments.parentId, post.id),
        gt(comments.id, sql`${after}::bigint`),
      ),
    )
    .orderBy(asc(comments.id))
    .limit(AT_ONCE)
  return rows.map(({ row }) => row)
}

/** What not all who see the post may see any more is not counted on it any more. */
async function uncount(unit: UnitOfWork, post: PostCard, id: PostId): Promise<void> {
  const thread = threadOf(post)
  const isIt = and(
    eq(comments.ownerId, thread.ownerId),
    eq(comments.postId, thread.id),
    eq(comments.id, id),
    eq(comments.counted, true),
  )
  const changed = await unit.db
    .update(comments)
    .set({ counted: false })
    .where(isIt)
    .returning({ id: comments.id })
  if (changed.length > 0) await countComment(unit, post, -1)
}

/** With everything that hangs on it, so that links to its photos that were made for others lead nowhere. */
async function narrow(ctx: Context, post: PostCard, row: Row, reach: Reach): Promise<void> {
  const { ownerId, id, tags } = row
  const { visibility, audienceId } = reach
  const isAsRead = and(eq(posts.ownerId, ownerId), eq(posts.id, id), eq(posts.visibility, row.visibility))
  const { result: old } = await unitOfWork(ctx, ownerId, async (unit) => {
    const changed = await unit.db
      .update(posts)
      .set({
        visibility,
        audienceId: audienceId === ownerId ? null : audienceId,
        version: sql`${posts.version} + 1`,
      })
      .where(isAsRead)
      .returning({ id: posts.id })
    if (changed.length === 0) return []
    if (row.inFeeds && row.visibility === "public") await unlistFromTags(unit.db, { id }, tags)
    if (!isForAllOf(post.visibility, visibility)) await uncount(unit, post, id)
    const moved = await rehangPhotos(ctx, unit, ownerId, id)
    unit.put(postCard.key(id), await loadCard(unit.db, postCard.key(id)))
    // What answers it is narrowed in its turn.
    unit.publish(postChanged, ownerId, { postId: id, before: reachOf(row) })
    return moved
  })
  await removeRenditions(ctx, ownerId, old)
}

/**
 * Lets the comments on a post that changed be for nobody who may not see it. Where it is for more than before they stay
 * as they are. Safe to run twice.
 */
export async function narrowComments(ctx: Context, idText: string, signal: AbortSignal): Promise<void> {
  const id = parseId<"post">(idText)
  if (!id) return
  const { value: post } = await loadCard(ctx.db, postCard.key(id))
  if (!post || post.visibility === "public") return
  for (let after = "0"; ; ) {
    signal.throwIfAborted()
    const rows = await readAnswers(ctx.db, post, after)
    for (const row of rows) {
      const { visibility, audienceId, ownerId } = row
      const reach = narrowedReach(post, { visibility, audienceId: audienceId ?? ownerId })
      if (reach) await narrow(ctx, post, row, reach)
    }
    const last = rows.at(-1)
    if (!last || rows.length < AT_ONCE) return
    after = last.id
  }
}
