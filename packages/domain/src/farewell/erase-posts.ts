import { type AccountId, postOwners, postRevisions, posts, postTags } from "@tintype/db"
import { and, eq, inArray, type SQL } from "drizzle-orm"
import { postCard } from "../posts/index.ts"
import type { UnitOfWork } from "../unit-of-work.ts"

/**
 * Erases some of the account's posts. Likes and bookmarks that others gave them stand under the account as well, and
 * go when no post is left that could get one more.
 *
 * @param batch which of them
 * @returns how many
 */
export async function erasePosts(unit: UnitOfWork, ownerId: AccountId, batch: SQL): Promise<number> {
  const gone = await unit.db
    .delete(posts)
    .where(and(eq(posts.ownerId, ownerId), batch))
    .returning({ id: posts.id, version: posts.version, tags: posts.tags })
  if (gone.length === 0) return 0
  const ids = gone.map(({ id }) => id)
  const tags = [...new Set(gone.flatMap((post) => post.tags))]
  await unit.db.delete(postOwners).where(inArray(postOwners.postId, ids))
  await unit.db
    .delete(postRevisions)
    .where(and(eq(postRevisions.ownerId, ownerId), inArray(postRevisions.postId, ids)))
  if (tags.length > 0) {
    await unit.db.delete(postTags).where(and(inArray(postTags.tag, tags), inArray(postTags.postId, ids)))
  }
  for (const { id, version } of gone) unit.put(postCard.key(id), { version: version + 1, value: null })
  return gone.length
}
