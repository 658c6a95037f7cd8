import { signPath } from "@tintype/media/signed-path"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { findMedia, mediaIdOf } from "./get-media.ts"
import { originalKey } from "./upload-photo.ts"

const LINK_SECONDS = 15 * 60

export interface OriginalLink {
  url: string
  expires_at: string
  sha256: string
}

/** A link to the untouched original, for its owner alone. @throws NotFound */
export async function originalOfMedia(ctx: Context, actor: Actor, idText: string): Promise<OriginalLink> {
  const row = await findMedia(ctx.db, actor.accountId, mediaIdOf(idText))
  if (!row) throw new NotFound()
  const expires = Math.floor(ctx.now().getTime() / 1000) + LINK_SECONDS
  const key = originalKey(row.ownerId, row.id, row.originalSha256)
  return {
    url: ctx.settings.publicUrl + signPath(ctx.settings.signingSecret, key, expires),
    expires_at: new Date(expires * 1000).toISOString(),
    sha256: row.originalSha256,
  }
}
