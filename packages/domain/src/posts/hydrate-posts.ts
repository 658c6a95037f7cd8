import type { AccountId, PostId } from "@tintype/db"
import { type AccountCard, accountCard } from "../accounts/index.ts"
import { type CardKey, type Cards, readCards } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { isAtHome, isFollowing, muteOf, type Tie, tieCard } from "../relationships/index.ts"
import { type BookmarkMark, bookmarkMark } from "./bookmark-mark.ts"
import { type FavouriteMark, favouriteMark } from "./favourite-mark.ts"
import { audienceOf, type PostCard, postCard } from "./post-card.ts"
import { canSee } from "./visibility.ts"

/** A post and who wrote it: what timelines are made of. */
export interface PostRef {
  id: PostId
  ownerId: AccountId
  /** Of a comment whose audience is not its owner's: without it only those see a private one who need not follow. */
  audienceId?: AccountId | null
}

/** A post as far as one viewer sees it. */
export interface SeenPost {
  post: PostCard
  author: AccountCard
  /** Null for the signed-out. */
  viewer: { favourited: boolean; bookmarked: boolean } | null
}

/**
 * How a viewer stands to a post's author, where neither blocks the other. `home`: follows them, and has their posts on
 * the home timeline; `muted`: wants none of them on any timeline now.
 */
export interface Standing {
  own: boolean
  follows: boolean
  home: boolean
  muted: boolean
}

export const standingOf = (
  { ownerId }: Pick<PostCard, "ownerId">,
  viewerId: AccountId | null,
  tie: Tie | null,
  now: Date,
): Standing => ({
  own: viewerId === ownerId,
  follows: isFollowing(tie),
  home: isAtHome(tie),
  muted: muteOf(tie, now) !== null,
})

/** Beyond visibility: what else the list asks of a post and of the viewer's standing to its author. */
export type Filter = (standing: Standing & { post: PostCard }) => boolean

interface Keys {
  post: CardKey<PostCard>
  author: CardKey<AccountCard>
  viewer: {
    tie: CardKey<Tie>
    /** For whose followers the post was said to be, if not its owner's. */
    audience: { id: AccountId; tie: CardKey<Tie> } | null
    favourite: CardKey<FavouriteMark>
    bookmark: CardKey<BookmarkMark>
  } | null
}

export const keysFor = (viewerId: AccountId | null, { id, ownerId, audienceId }: PostRef): Keys => ({
  post: postCard.key(id),
  author: accountCard.key(ownerId),
  viewer: viewerId && {
    tie: tieCard.key({ followerId: viewerId, followeeId: ownerId }),
    audience: audienceId
      ? { id: audienceId, tie: tieCard.key({ followerId: viewerId, followeeId: audienceId }) }
      : null,
    favourite: favouriteMark.key({ ownerId, postId: id, accountId: viewerId }),
    bookmark: bookmarkMark.key({ accountId: viewerId, postId: id }),
  },
})

/** Whether the viewer follows those for whose followers the post is. Of whom the list did not say: no. */
function followsAudience(cards: Cards, post: PostCard, viewer: NonNullable<Keys["viewer"]>): boolean {
  const audience = audienceOf(post)
  if (audience === post.ownerId) return isFollowing(cards.get(viewer.tie))
  return viewer.audience?.id === audience && isFollowing(cards.get(viewer.audience.tie))
}

interface Look {
  viewerId: AccountId | null
  now: Date
  filter: Filter | undefined
}

function seen(cards: Cards, keys: Keys, { viewerId, now, filter }: Look): SeenPost | null {
  const post = cards.get(keys.post)
  const author = cards.get(keys.author)
  if (!post || !author) return null
  const tie = keys.viewer && cards.get(keys.viewer.tie)
  const follows = keys.viewer !== null && followsAudience(cards, post, keys.viewer)
  if (!canSee(post, viewerId, { tie, follows })) return null
  if (filter && !filter({ post, ...standingOf(post, viewerId, tie, now) })) return null
  const viewer = keys.viewer && {
    favourited: cards.get(keys.viewer.favourite) !== null,
    bookmarked: cards.get(keys.viewer.bookmark) !== null,
  }
  return { post, author, viewer }
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
    keys.flatMap(({ post, author, viewer }) => [
      post,
      author,
      ...(viewer ? [viewer.tie, viewer.favourite, viewer.bookmark] : []),
      ...(viewer?.audience ? [viewer.audience.tie] : []),
    ]),
  )
  const look = { viewerId, now: ctx.now(), filter }
  return keys.flatMap((each) => seen(cards, each, look) ?? [])
}
