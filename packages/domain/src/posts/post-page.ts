import type { Status } from "@tintype/contract"
import type { Id } from "@tintype/db"
import type { Context } from "../context.ts"
import type { Written } from "../written.ts"
import type { PostRef, SeenPost } from "./hydrate-posts.ts"
import { writePosts } from "./present-post.ts"

/** A post on a list, and its place there if that is not by the post's own id. */
export interface ListedPost extends PostRef {
  cursor?: Id
}

/** Posts on a page and the cursors at its ends: also of posts that were left out, so that paging goes on behind them. */
export interface PostPage {
  items: Written<Status[]>
  newest: string | undefined
  oldest: string | undefined
}

/**
 * @param refs what the page was made of
 * @param seen what is left of it. Of nothing, the page has no ends: clients that see where it goes on take its last
 * item for granted
 */
export function postPage(ctx: Context, refs: readonly ListedPost[], seen: readonly SeenPost[]): PostPage {
  const ends = seen.length > 0 ? refs : []
  const [newest, oldest] = [ends[0], ends.at(-1)]
  return {
    items: writePosts(ctx, seen),
    newest: newest?.cursor ?? newest?.id,
    oldest: oldest?.cursor ?? oldest?.id,
  }
}
