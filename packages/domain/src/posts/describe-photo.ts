import { media, posts } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { loadCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { mediaIdOf, type OwnMedia, parseFocus, presentOwnMedia } from "../media/index.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { postChanged } from "./events.ts"
import { postCard } from "./post-card.ts"

export interface PhotoDescription {
  description?: string | null | undefined
  focus?: string | undefined
}

/** Changes alt text and focus of an own photo, and of the post it is in. @throws NotFound; Invalid when it failed */
export async function describePhoto(
  ctx: Context,
  actor: Actor,
  idText: string,
  { description, focus }: PhotoDescription,
): Promise<OwnMedia> {
  const id = mediaIdOf(idText)
  const ownerId = actor.accountId
  const { result } = await unitOfWork(ctx, ownerId, async (unit) => {
    const [row] = await unit.db
      .update(media)
      .set({
        ...(description === undefined ? { id: media.id } : { description: description || null }),
        ...parseFocus(focus),
      })
      .where(and(eq(media.ownerId, ownerId), eq(media.id, id)))
      .returning()
    if (!row) throw new NotFound()
    if (row.postId) {
      await unit.db
        .update(posts)
        .set({ version: sql`${posts.version} + 1` })
        .where(and(eq(posts.ownerId, ownerId), eq(posts.id, row.postId)))
      unit.put(postCard.key(row.postId), await loadCard(unit.db, postCard.key(row.postId)))
      unit.publish(postChanged, ownerId, { postId: row.postId })
    }
    return row
  })
  return presentOwnMedia(ctx, result)
}
