import type { AccountId } from "@tintype/db"
import { isBlocked, type Tie } from "../relationships/index.ts"
import { audienceOf, type PostCard } from "./post-card.ts"

/** Whether a post's photos have links that everybody may use, for ever. */
export const isForEverybody = (post: Pick<PostCard, "visibility">): boolean =>
  post.visibility === "public" || post.visibility === "unlisted"

/**
 * Whether somebody may see a post.
 *
 * @param viewerId null for the signed-out
 * @param tie how the viewer stands to the post's owner now
 * @param follows whether the viewer follows the post's audience now: its owner, unless it is a comment (`audienceOf`)
 */
export function canSee(
  post: PostCard,
  viewerId: AccountId | null,
  { tie, follows }: { tie: Tie | null; follows: boolean },
): boolean {
  if (isBlocked(tie)) return false
  if (isForEverybody(post)) return true
  if (viewerId === null) return false
  if (viewerId === post.ownerId) return true
  if (post.mentions.some(({ id }) => id === viewerId)) return true
  return post.visibility === "private" && (follows || viewerId === audienceOf(post))
}
