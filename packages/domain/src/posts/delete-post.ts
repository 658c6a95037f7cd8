import type { Status } from "@tintype/contract"
import { accounts, media, postOwners, postRevisions, posts } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { accountCard, accountCardOf } from "../accounts/index.ts"
import { loadCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { leaveThread } from "./comment-place.ts"
import { postDeleted } from "./events.ts"
import { findVisiblePost, postIdOf } from "./get-post.ts"
import { postCard } from "./post-card.ts"
import { unlistFromTags } from "./post-tags.ts"
import { presentPost } from "./present-post.ts"

async function uncountPost(unit: UnitOfWork, actor: Actor): Promise<void> {
  const [row] = await unit.db
    .update(accounts)
    .set({
      statusesCount: sql`greatest(0, ${accounts.statusesCount} - 1)`,
      version: sql`${accounts.version} + 1`,
    })
    .where(eq(accounts.id, actor.accountId))
    .returning()
  if (row) unit.put(accountCard.key(actor.accountId), accountCardOf(row))
}

/**
 * Deletes an own post: it is gone from everywhere at once, its files soon after. Comments on it stay with those who
 * wrote them. Of calls that race one deletes.
 *
 * @returns the post as it was, with its text
 * @throws NotFound
 */
export async function deletePost(ctx: Context, actor: Actor, idText: string): Promise<Status> {
  const id = postIdOf(idText)
  const ownerId = actor.accountId
  const seen = await findVisiblePost(ctx, actor, id)
  if (seen.post.ownerId !== ownerId) throw new NotFound()
  await unitOfWork(ctx, ownerId, async (unit) => {
    const [gone] = await unit.db
      .delete(posts)
      .where(and(eq(posts.ownerId, ownerId), eq(posts.id, id)))
      .returning()
    if (!gone) throw new NotFound()
    await leaveThread(unit, id, gone)
    await unit.db.delete(postOwners).where(eq(postOwners.postId, id))
    await unlistFromTags(unit.db, { id }, gone.tags)
    const isPost = and(eq(postRevisions.ownerId, ownerId), eq(postRevisions.postId, id))
    await unit.db.delete(postRevisions).where(isPost)
    const photos = await unit.db
      .select({ id: media.id })
      .from(media)
      .where(and(eq(media.ownerId, ownerId), eq(media.postId, id)))
    if (gone.inFeeds) await uncountPost(unit, actor)
    // Has its author's posts at the gateways purged, as for those that are counted.
    else unit.put(accountCard.key(ownerId), await loadCard(unit.db, accountCard.key(ownerId)))
    unit.put(postCard.key(id), { version: gone.version + 1, value: null })
    unit.publish(postDeleted, ownerId, {
      postId: id,
      mediaIds: photos.map((photo) => photo.id),
      visibility: gone.visibility,
      tags: gone.tags,
      mentioned: gone.mentions.map((mention) => mention.id),
      inFeeds: gone.inFeeds,
      ...(gone.threadId && { threadId: gone.threadId }),
      ...(gone.threadOwnerId && { threadOwnerId: gone.threadOwnerId }),
    })
  })
  return { ...presentPost(ctx, seen), text: seen.post.caption }
}
