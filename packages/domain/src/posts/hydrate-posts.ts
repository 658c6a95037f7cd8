import type { AccountId, PostId } from "@tintype/db"
import { type AccountCard, accountCard } from "../accounts/index.ts"
import { type CardKey, type Cards, readCards } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { type FollowEdge, followEdge } from "../relationships/index.ts"
import { type FavouriteMark, favouriteMark } from "./favourite-mark.ts"
import { type PostCard, postCard } from "./post-card.ts"
import { canSee } from "./visibility.ts"

/** A post and who wrote it: what timelines are made of. */
export interface PostRef {
  id: PostId
  ownerId: AccountId
}

/** A post as far as one viewer sees it. */
export interface SeenPost {
  post: PostCard
  author: AccountCard
  /** Null for the signed-out. */
  viewer: { favourited: boolean } | null
}

/** Beyond visibility: what else the list asks of a post and of the viewer's standing to its author. */
export type Filter = (standing: { own: boolean; follows: boolean }) => boolean

interface Keys {
  post: CardKey<PostCard>
  author: CardKey<AccountCard>
  viewer: { edge: CardKey<FollowEdge>; mark: CardKey<FavouriteMark> } | null
}

const keysFor = (viewerId: AccountId | null, { id, ownerId }: PostRef): Keys => ({
  post: postCard.key(id),
  author: accountCard.key(ownerId),
  viewer: viewerId && {
    edge: followEdge.key({ followerId: viewerId, followeeId: ownerId }),
    mark: favouriteMark.key({ ownerId, postId: id, accountId: viewerId }),
  },
})

function seen(cards: Cards, viewerId: AccountId | null, keys: Keys, filter?: Filter): SeenPost | null {
  const post = cards.get(keys.post)
  const author = cards.get(keys.author)
  if (!post || !author) return null
  const own = viewerId === post.ownerId
  const follows = keys.viewer !== null && cards.get(keys.viewer.edge) !== null
  if (!canSee(post, viewerId, follows) || (filter && !filter({ own, follows }))) return null
  return { post, author, viewer: keys.viewer && { favourited: cards.get(keys.viewer.mark) !== null } }
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
): Promise<SeenPost[]> {
  const viewerId = actor?.accountId ?? null
  const keys = refs.map((ref) => keysFor(viewerId, ref))
  const cards = await readCards(
    ctx,
    keys.flatMap(({ post, author, viewer }) => [post, author, ...(viewer ? [viewer.edge, viewer.mark] : [])]),
  )
  return keys.flatMap((each) => seen(cards, viewerId, each, filter) ?? [])
}
