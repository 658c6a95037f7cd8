import type { Actor, Context } from "../context.ts"
import { type Filter, hydratePosts } from "./hydrate-posts.ts"
import { type ListedPost, type PostPage, postPage } from "./post-page.ts"

/** Lists that were read; each one after the first was found to name nothing that is left. */
const READS = 3

/**
 * A page of any timeline: which posts (`skeleton`), what they are (one round trip to the cache and at most one
 * statement), which of them this viewer may see here, and their JSON. What the skeleton says is never believed.
 *
 * Where nothing is left of a page it is read again: what changed in between, the second reading knows. An empty page
 * would look like the timeline's end.
 *
 * @param skeleton told whether it is asked again
 */
export async function readPostPage(
  ctx: Context,
  actor: Actor | null,
  skeleton: (again: boolean) => Promise<readonly ListedPost[]>,
  filter?: Filter,
): Promise<PostPage> {
  for (let read = 1; ; read++) {
    const refs = await skeleton(read > 1)
    const seen = await hydratePosts(ctx, actor, refs, filter)
    if (seen.length > 0 || refs.length === 0 || read === READS) return postPage(ctx, refs, seen)
  }
}
