import type { MediaAttachment } from "@tintype/contract"
import { type AccountId, type Db, type MediaId, media, parseId } from "@tintype/db"
import { and, eq } from "drizzle-orm"
import type { Actor, Context } from "../context.ts"
import { Invalid, NotFound } from "../errors.ts"
import { linkExpiry, photoOf, presentPhoto } from "./photo.ts"

export type MediaRow = typeof media.$inferSelect

/** An own upload and how far it is. */
export interface OwnMedia {
  ready: boolean
  attachment: MediaAttachment
}

export async function findMedia(db: Db, ownerId: AccountId, id: MediaId): Promise<MediaRow | null> {
  const [row] = await db
    .select()
    .from(media)
    .where(and(eq(media.ownerId, ownerId), eq(media.id, id)))
  return row ?? null
}

/** The id of an own upload. @throws NotFound for what is no id */
export function mediaIdOf(text: string): MediaId {
  const id = parseId<"media">(text)
  if (!id) throw new NotFound()
  return id
}

/** @throws Invalid with the reason, when it could not be developed */
export function presentOwnMedia(ctx: Context, row: MediaRow): OwnMedia {
  if (row.state === "failed") throw new Invalid(row.failure ?? "This photo could not be developed.")
  return {
    ready: row.state === "ready",
    attachment: presentPhoto(ctx.settings, photoOf(row), linkExpiry(ctx.now())),
  }
}

/** An own upload. @throws NotFound; Invalid when it failed */
export async function getMedia(ctx: Context, actor: Actor, idText: string): Promise<OwnMedia> {
  const row = await findMedia(ctx.db, actor.accountId, mediaIdOf(idText))
  if (!row) throw new NotFound()
  return presentOwnMedia(ctx, row)
}
