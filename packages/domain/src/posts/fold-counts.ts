import { type AccountId, counterDeltas, parseId, posts, replyDeltas } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { loadCard } from "../cards.ts"
import type { Context } from "../context.ts"
import { takeDeltas } from "../counter-deltas.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { postCard } from "./post-card.ts"

/** What is counted of a post, and where what is not added up yet is noted. */
const COUNTERS = {
  favouritesCount: { count: posts.favouritesCount, notes: counterDeltas },
  repliesCount: { count: posts.repliesCount, notes: replyDeltas },
} as const

/** Safe to run twice: the second run finds no notes. */
const foldInto =
  (counter: keyof typeof COUNTERS) =>
  async (ctx: Context, ownerId: AccountId, idText: string): Promise<void> => {
    const id = parseId<"post">(idText)
    if (!id) return
    const { count, notes } = COUNTERS[counter]
    await unitOfWork(ctx, ownerId, async (unit) => {
      const sum = await takeDeltas(unit.db, ownerId, id, notes)
      if (sum === 0) return
      const counted = await unit.db
        .update(posts)
        .set({ [counter]: sql`greatest(0, ${count} + ${sum})`, version: sql`${posts.version} + 1` })
        .where(and(eq(posts.ownerId, ownerId), eq(posts.id, id)))
        .returning({ id: posts.id })
      if (counted.length > 0) unit.putCounted(postCard.key(id), await loadCard(unit.db, postCard.key(id)))
    })
  }

/** Adds up the likes of a post. */
export const foldFavourites = foldInto("favouritesCount")

/** Adds up the comments on a post. */
export const foldReplies = foldInto("repliesCount")
