import type { Status } from "@tintype/contract"
import { type PostId, parseId } from "@tintype/db"
import { readCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { hydratePosts } from "./hydrate-posts.ts"
import { type PostCard, postCard } from "./post-card.ts"

/** The id of a post. @throws NotFound for what is no id */
export function postIdOf(text: string): PostId {
  const id = parseId<"post">(text)
  if (!id) throw new NotFound()
  return id
}

export interface SeenPost {
  card: PostCard
  status: Status
}

/** A post that the viewer may see. @throws NotFound, also for one that they may not see */
export async function findVisiblePost(ctx: Context, actor: Actor | null, id: PostId): Promise<SeenPost> {
  const card = await readCard(ctx, postCard.key(id))
  if (!card) throw new NotFound()
  const [status] = await hydratePosts(ctx, actor, [{ id, ownerId: card.ownerId }])
  if (!status) throw new NotFound()
  return { card, status }
}

/** @throws NotFound, also for a post that the viewer may not see */
export async function getPost(ctx: Context, actor: Actor | null, idText: string): Promise<Status> {
  const { status } = await findVisiblePost(ctx, actor, postIdOf(idText))
  return status
}
