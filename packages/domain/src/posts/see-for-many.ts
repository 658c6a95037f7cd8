import type { AccountId } from "@tintype/db"
import { accountCard } from "../accounts/index.ts"
import { readCards } from "../cards.ts"
import type { Context } from "../context.ts"
import { isFollowing } from "../relationships/index.ts"
import { type Filter, keysFor, type PostRef, standingOf } from "./hydrate-posts.ts"
import { audienceOf, postCard } from "./post-card.ts"
import { writePost } from "./present-post.ts"
import { canSee } from "./visibility.ts"

/** A post as several viewers see it. */
export interface SeenByMany {
  tags: readonly string[]
  /** The post as this viewer gets it, as JSON; null if they may not see it, or not here. */
  textFor(viewerId: AccountId, filter: Filter): string | null
}

/** What of the viewers is asked for. */
export interface Viewers {
  /** How they stand to the author: nobody else may see the post. */
  standing: readonly AccountId[]
  /** Whether they liked and bookmarked the post: nobody did with one that is new. */
  marks: readonly AccountId[]
}

/**
 * One post for any number of viewers: one round trip to the cache, and at most one statement.
 *
 * @returns null when it is gone
 */
export async function seeForMany(ctx: Context, ref: PostRef, viewers: Viewers): Promise<SeenByMany | null> {
  const [postKey, authorKey] = [postCard.key(ref.id), accountCard.key(ref.ownerId)]
  const ties = new Map(viewers.standing.map((id) => [id, keysFor(id, ref).viewer?.tie] as const))
  const marks = new Map(viewers.marks.map((id) => [id, keysFor(id, ref).viewer] as const))
  const wanted = [
    ...ties.values(),
    ...[...marks.values()].flatMap((viewer) => [viewer?.favourite, viewer?.bookmark]),
  ].filter((key) => key !== undefined)
  const cards = await readCards(ctx, [postKey, authorKey, ...wanted])
  const [post, author] = [cards.get(postKey), cards.get(authorKey)]
  if (!post || !author) return null
  const now = ctx.now()
  return {
    tags: post.tags,
    textFor(viewerId, filter) {
      const key = ties.get(viewerId)
      if (!key) return null
      const tie = cards.get(key)
      const follows = isFollowing(tie) && audienceOf(post) === post.ownerId
      if (!canSee(post, viewerId, { tie, follows })) return null
      if (!filter({ post, ...standingOf(post, viewerId, tie, now) })) return null
      const mark = marks.get(viewerId)
      const viewer = {
        favourited: mark ? cards.get(mark.favourite) !== null : false,
        bookmarked: mark ? cards.get(mark.bookmark) !== null : false,
      }
      return writePost(ctx, { post, author, viewer })
    },
  }
}
