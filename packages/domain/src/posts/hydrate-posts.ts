import type { Status } from "@tintype/contract"
import type { AccountId, PostId } from "@tintype/db"
import { accountCard } from "../accounts/index.ts"
import { type CardKey, type Cards, readCards } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { followEdge } from "../relationships/index.ts"
import { favouriteMark } from "./favourite-mark.ts"
import { postCard } from "./post-card.ts"
import { presentPost } from "./present-post.ts"
import { canSee } from "./visibility.ts"

/** A post and who wrote it: what timelines are made of. */
export interface PostRef {
  id: PostId
  ownerId: AccountId
}

/** Beyond visibility: what else the list asks of a post and of the viewer's standing to its author. */
export type Filter = (standing: { own: boolean; follows: boolean }) => boolean

function keysFor(viewerId: AccountId | null, { id, ownerId }: PostRef): CardKey<unknown>[] {
  if (!viewerId) return [postCard.key(id), accountCard.key(ownerId)]
  return [
    postCard.key(id),
    accountCard.key(ownerId),
    followEdge.key({ followerId: viewerId, followeeId: ownerId }),
    favouriteMark.key({ ownerId, postId: id, accountId: viewerId }),
  ]
}

function presentRef(ctx: Context, cards: Cards, viewerId: AccountId | null, ref: PostRef, filter?: Filter) {
  const post = cards.get(postCard.key(ref.id))
  const author = cards.get(accountCard.key(ref.ownerId))
  if (!post || !author) return null
  const own = viewerId === ref.ownerId
  const follows =
    viewerId !== null && cards.get(followEdge.key({ followerId: viewerId, followeeId: ref.ownerId })) !== null
  if (!canSee(post, viewerId, follows) || (filter && !filter({ own, follows }))) return null
  const favourited =
    viewerId !== null &&
    cards.get(favouriteMark.key({ ownerId: ref.ownerId, postId: ref.id, accountId: viewerId })) !== null
  return presentPost(ctx, post, author, viewerId ? { favourited } : null)
}

/**
 * Posts as the viewer may see them, in the order given; the others are left out. One round trip to the cache, and
 * one statement to Postgres if anything is missing there.
 */
export async function hydratePosts(
  ctx: Context,
  actor: Actor | null,
  refs: readonly PostRef[],
  filter?: Filter,
): Promise<Status[]> {
  const viewerId = actor?.accountId ?? null
  const cards = await readCards(
    ctx,
    refs.flatMap((ref) => keysFor(viewerId, ref)),
  )
  return refs.flatMap((ref) => presentRef(ctx, cards, viewerId, ref, filter) ?? [])
}
