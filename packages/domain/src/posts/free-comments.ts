import { comments, type Db, type PostId, posts } from "@tintype/db"
import { and, asc, eq, inArray, sql } from "drizzle-orm"
import { loadCards } from "../cards.ts"
import type { Context } from "../context.ts"
import { unitOfWork } from "../unit-of-work.ts"
import type { PostRef } from "./hydrate-posts.ts"
import { type PostCard, postCard } from "./post-card.ts"

/** Comments that one transaction changes. */
const AT_ONCE = 200

/** Comments that still name the post that they answered. */
const findAnswers = (db: Db, thread: PostRef, answered: PostId) =>
  db
    .select({ id: posts.id, ownerId: posts.ownerId })
    .from(comments)
    .innerJoin(posts, and(eq(posts.ownerId, comments.accountId), eq(posts.id, comments.id)))
    .where(
      and(
        eq(comments.ownerId, thread.ownerId),
        eq(comments.postId, thread.id),
        eq(comments.parentId, answered),
        eq(posts.inReplyToId, answered),
      ),
    )
    .orderBy(asc(comments.id))
    .limit(AT_ONCE)

/** Lets the comments on a post that is gone answer nothing: they stay posts of those who wrote them. */
export async function freeComments(
  ctx: Context,
  thread: PostRef,
  answered: PostId,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const found = await findAnswers(ctx.db, thread, answered)
    if (found.length === 0) return
    await unitOfWork(ctx, thread.ownerId, async (unit) => {
      const freed = await unit.db
        .update(posts)
        .set({ inReplyToId: null, version: sql`${posts.version} + 1` })
        .where(
          and(
            inArray(posts.ownerId, [...new Set(found.map(({ ownerId }) => ownerId))]),
            inArray(
              posts.id,
              found.map(({ id }) => id),
            ),
            eq(posts.inReplyToId, answered),
          ),
        )
        .returning({ id: posts.id })
      if (freed.length === 0) return
      const keys = freed.map(({ id }) => postCard.key(id))
      const cards = await loadCards(unit.db, keys)
      for (const key of keys) {
        const { version, value } = cards.row(key)
        // The key's rows make cards of its own type.
        unit.put(key, { version, value: value as PostCard | null })
      }
    })
  }
}
