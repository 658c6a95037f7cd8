import { CacheUnavailable } from "@tintype/cache"
import { type AccountId, posts } from "@tintype/db"
import { and, desc, eq } from "drizzle-orm"
import type { Context } from "../context.ts"
import { tellStreams } from "./tell-streams.ts"

/** What an open timeline may still show of an account; what is older is asked for again before it is seen. */
const MOST_SHOWN = 40

/**
 * Takes the newest posts of an account that is gone off the open timelines. To be called while its rows and those of
 * its followers are there: who sees them is looked up by these. Without Redis nobody has an open timeline.
 */
export async function streamAccountGone(ctx: Context, ownerId: AccountId): Promise<void> {
  const shown = await ctx.db
    .select({ id: posts.id, visibility: posts.visibility, tags: posts.tags, mentions: posts.mentions })
    .from(posts)
    .where(and(eq(posts.ownerId, ownerId), posts.hasPhotos, posts.inFeeds))
    .orderBy(desc(posts.id))
    .limit(MOST_SHOWN)
  try {
    for (const { id, visibility, tags, mentions } of shown) {
      const mentioned = mentions.map((each) => each.id)
      await tellStreams(ctx, { kind: "deleted", id, ownerId, visibility, tags, mentioned })
    }
  } catch (error) {
    if (!(error instanceof CacheUnavailable)) throw error
  }
}
