import { type AccountId, parseId, posts } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { loadCard } from "../cards.ts"
import type { Context } from "../context.ts"
import { takeDeltas } from "../counter-deltas.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { postCard } from "./post-card.ts"

/** Safe to run twice: the second run finds no notes. */
export async function foldFavourites(ctx: Context, ownerId: AccountId, idText: string): Promise<void> {
  const id = parseId<"post">(idText)
  if (!id) return
  await unitOfWork(ctx, ownerId, async (unit) => {
    const sum = await takeDeltas(unit.db, ownerId, id)
    if (sum === 0) return
    const counted = await unit.db
      .update(posts)
      .set({
        favouritesCount: sql`greatest(0, ${posts.favouritesCount} + ${sum})`,
        version: sql`${posts.version} + 1`,
      })
      .where(and(eq(posts.ownerId, ownerId), eq(posts.id, id)))
      .returning({ id: posts.id })
    if (counted.length > 0) unit.putCounted(postCard.key(id), await loadCard(unit.db, postCard.key(id)))
  })
}
