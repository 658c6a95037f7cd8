import { type Db, postTags } from "@tintype/db"
import { and, eq, inArray } from "drizzle-orm"
import type { PostRef } from "./hydrate-posts.ts"

/** Lists a public post under its tags, in the transaction that writes it. */
export async function listUnderTags(
  db: Db,
  { id, ownerId }: PostRef,
  tags: readonly string[],
): Promise<void> {
  if (tags.length === 0) return
  await db.insert(postTags).values(tags.map((tag) => ({ tag, postId: id, ownerId })))
}

/** @param tags those of the post's row: the ones that it was listed under */
export async function unlistFromTags(
  db: Db,
  { id }: Pick<PostRef, "id">,
  tags: readonly string[],
): Promise<void> {
  if (tags.length === 0) return
  await db.delete(postTags).where(and(inArray(postTags.tag, [...tags]), eq(postTags.postId, id)))
}
