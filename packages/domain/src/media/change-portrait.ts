import type { Upload } from "@tintype/media/blob-store"
import type { Actor, Context } from "../context.ts"
import { uploadPhoto } from "./upload-photo.ts"

const WAIT_MS = 15_000

/** A new avatar or header: it takes effect once developed, which this waits for. @throws as uploadPhoto */
export async function changePortrait(
  ctx: Context,
  actor: Actor,
  upload: Upload,
  purpose: "avatar" | "header",
): Promise<void> {
  await uploadPhoto(ctx, actor, upload, { purpose }, WAIT_MS)
}
