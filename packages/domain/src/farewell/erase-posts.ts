import { type AccountId, type Db, postOwners, postRevisions, posts, postTags } from "@tintype/db"
import { and, eq, inArray, type SQL, sql } from "drizzle-orm"
import { bigints } from "../cards.ts"
import { erasePostJob, leaveThread, postCard } from "../posts/index.ts"
import type { UnitOfWork } from "../unit-of-work.ts"

type PostRow = typeof posts.$inferSelect

/** Those of the posts that something answers. */
async function findAnswered(tx: Db, ownerId: AccountId, gone: readonly PostRow[]): Promise<PostRow[]> {
  const owners = gone.map(({ threadOwnerId }) => threadOwnerId ?? ownerId)
  const threads = gone.map(({ id, threadId }) => threadId ?? id)
  const ids = gone.map(({ id }) => id)
  const rows = await tx.execute<{ id: string }>(sql`
    select distinct parent_id as id
    from unnest(${bigints(owners)}, ${bigints(threads)}, ${bigints(ids)}) as gone (owner_id, post_id, parent_id)
    join comments using (owner_id, post_id, parent_id)`)
  const answered = new Set(rows.map(({ id }) => id))
  return gone.filter(({ id }) => answered.has(id))
}

/**
 * Erases some of the account's posts and comments. What others said about them stays theirs and is freed by a job, as for
 * every post that is deleted. Likes and bookmarks that others gave stand under the account as well, and go when no post
 * is left that could get one more.
 *
 * @param batch which of them
 * @returns how many
 */
export async function erasePosts(unit: UnitOfWork, ownerId: AccountId, batch: SQL): Promise<number> {
  const isOwn = eq(posts.ownerId, ownerId)
  const gone = await unit.db.delete(posts).where(and(isOwn, batch)).returning()
  if (gone.length === 0) return 0
  const ids = gone.map(({ id }) => id)
  const tags = [...new Set(gone.flatMap((post) => post.tags))]
  await unit.db.delete(postOwners).where(inArray(postOwners.postId, ids))
  const isRevision = and(eq(postRevisions.ownerId, ownerId), inArray(postRevisions.postId, ids))
  await unit.db.delete(postRevisions).where(isRevision)
  if (tags.length > 0) {
    await unit.db.delete(postTags).where(and(inArray(postTags.tag, tags), inArray(postTags.postId, ids)))
  }
  for (const post of gone) {
    if (post.threadId) await leaveThread(unit, post.id, post)
    unit.put(postCard.key(post.id), { version: post.version + 1, value: null })
  }
  for (const { id, threadId, threadOwnerId } of await findAnswered(unit.db, ownerId, gone)) {
    const thread = { ...(threadId && { threadId }), ...(threadOwnerId && { threadOwnerId }) }
    unit.enqueue(erasePostJob, ownerId, { postId: id, mediaIds: [], ...thread })
  }
  return gone.length
}
