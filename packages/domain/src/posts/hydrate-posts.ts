import type { AccountId, PostId } from "@tintype/db"
import { type AccountCard, accountCard } from "../accounts/index.ts"
import { type CardKey, type Cards, readCards } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { type Edge, isAtHome, isFollowing, muteOf, type Tie, tieCard } from "../relationships/index.ts"
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

type TieKeys = (edge: Edge) => CardKey<Tie>

/** Gives the same key for the same followee: several posts of a page have one author. */
function tiesOfOne(): TieKeys {
  const known = new Map<AccountId, CardKey<Tie>>()
  return (edge) => {
    const key = known.get(edge.followeeId) ?? tieCard.key(edge)
    known.set(edge.followeeId, key)
    return key
  }
}

export const keysFor = (
  viewerId: AccountId | null,
  { id, ownerId, audienceId }: PostRef,
  tieKey: TieKeys = tieCard.key,
): Keys => ({
  post: postCard.key(id),
  author: accountCard.key(ownerId),
  viewer: viewerId && {
    tie: tieKey({ followerId: viewerId, followeeId: ownerId }),
    audience: audienceId
      ? { id: audienceId, tie: tieKey({ followerId: viewerId, followeeId: audienceId }) }
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

/** A post and its author, without what stands between them and one viewer. */
type Sight = Omit<SeenPost, "viewer">

/** What decides whether the viewer sees a post, beside the post itself. */
const keysOfSight = ({ author, viewer }: Keys) => [
  author,
  ...(viewer ? [viewer.tie] : []),
  ...(viewer?.audience ? [viewer.audience.tie] : []),
]

const keysOfMarks = ({ viewer }: Keys) => (viewer ? [viewer.favourite, viewer.bookmark] : [])

function sight(post: PostCard, cards: Cards, keys: Keys, { viewerId, now, filter }: Look): Sight | null {
  const author = cards.get(keys.author)
  if (!author) return null
  const tie = keys.viewer && cards.get(keys.viewer.tie)
  const follows = keys.viewer !== null && followsAudience(cards, post, keys.viewer)
  if (!canSee(post, viewerId, { tie, follows })) return null
  if (filter && !filter({ post, ...standingOf(post, viewerId, tie, now) })) return null
  return { post, author }
}

function seen(post: PostCard | null, cards: Cards, keys: Keys, look: Look): SeenPost | null {
  const found = post && sight(post, cards, keys, look)
  if (!found) return null
  const viewer = keys.viewer && {
    favourited: cards.get(keys.viewer.favourite) !== null,
    bookmarked: cards.get(keys.viewer.bookmark) !== null,
  }
  return { ...found, viewer }
}

const lookOf = (ctx: Context, actor: Actor | null, filter?: Filter): Look => ({
  viewerId: actor?.accountId ?? null,
  now: ctx.now(),
  filter,
})

const keysOf = (look: Look, post: PostCard): Keys =>
  keysFor(look.viewerId, { id: post.id, ownerId: post.ownerId, audienceId: audienceOf(post) })

/** A post that was just read, as the viewer may see it; null when they may not. One round trip to the cache. */
export async function seePost(ctx: Context, actor: Actor | null, post: PostCard): Promise<SeenPost | null> {
  const look = lookOf(ctx, actor)
  const keys = keysOf(look, post)
  return seen(post, await readCards(ctx, [...keysOfSight(keys), ...keysOfMarks(keys)]), keys, look)
}

/** The same for those who know what the viewer's marks are, or are about to be. */
export async function seeUnmarked(ctx: Context, actor: Actor | null, post: PostCard): Promise<Sight | null> {
  const look = lookOf(ctx, actor)
  const keys = keysOf(look, post)
  return sight(post, await readCards(ctx, keysOfSight(keys)), keys, look)
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
  const look = lookOf(ctx, actor, filter)
  const tieKey = tiesOfOne()
  const keys = refs.map((ref) => keysFor(look.viewerId, ref, tieKey))
  const wanted = keys.flatMap((each) => [each.post, ...keysOfSight(each), ...keysOfMarks(each)])
  const cards = await readCards(ctx, [...new Set<CardKey<unknown>>(wanted)])
  return keys.flatMap((each) => seen(cards.get(each.post), cards, each, look) ?? [])
}
