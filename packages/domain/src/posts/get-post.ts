import type { Status } from "@tintype/contract"
import { type Db, type PostId, parseId, posts } from "@tintype/db"
import { and, eq } from "drizzle-orm"
import { readCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { type PostRef, type SeenPost, seePost, seeUnmarked } from "./hydrate-posts.ts"
import { type PostCard, postCard } from "./post-card.ts"
import { presentPost } from "./present-post.ts"

/** The id of a post. @throws NotFound for what is no id */
export function postIdOf(text: string): PostId {
  const id = parseId<"post">(text)
  if (!id) throw new NotFound()
  return id
}

async function findCard(ctx: Context, id: PostId): Promise<PostCard> {
  const card = await readCard(ctx, postCard.key(id))
  if (!card) throw new NotFound()
  return card
}

/** A post that the viewer may see. @throws NotFound, also for one that they may not see */
export async function findVisiblePost(ctx: Context, actor: Actor | null, id: PostId): Promise<SeenPost> {
  const seen = await seePost(ctx, actor, await findCard(ctx, id))
  if (!seen) throw new NotFound()
  return seen
}

/** The same without the viewer's marks, for those who set one. @throws NotFound */
export async function findUnmarkedPost(
  ctx: Context,
  actor: Actor,
  id: PostId,
): Promise<Omit<SeenPost, "viewer">> {
  const found = await seeUnmarked(ctx, actor, await findCard(ctx, id))
  if (!found) throw new NotFound()
  return found
}

/**
 * Keeps the post from being deleted until the transaction ends, without waiting for those who count or edit it.
 *
 * @throws NotFound when it is gone
 */
export async function holdPost(tx: Db, { id, ownerId }: PostRef): Promise<void> {
  const isPost = and(eq(posts.ownerId, ownerId), eq(posts.id, id))
  const held = await tx.select({ id: posts.id }).from(posts).where(isPost).for("key share")
  if (held.length === 0) throw new NotFound()
}

/** @throws NotFound, also for a post that the viewer may not see */
export async function getPost(ctx: Context, actor: Actor | null, idText: string): Promise<Status> {
  return presentPost(ctx, await findVisiblePost(ctx, actor, postIdOf(idText)))
}
