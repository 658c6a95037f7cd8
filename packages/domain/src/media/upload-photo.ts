import { type AccountId, type MediaId, newIdOf, sendAlong } from "@tintype/db"
import { sniff } from "@tintype/media"
import type { Upload } from "@tintype/media/blob-store"
import type { QueuedJob } from "@tintype/queue"
import { sql } from "drizzle-orm"
import { isThere } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { Conflict, Unauthorized, UnsupportedPhoto } from "../errors.ts"
import { isRolledBack, type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { awaitDeveloped } from "./await-developed.ts"
import type { OwnMedia } from "./get-media.ts"
import { developPhotoJob } from "./jobs.ts"

/** Uploads that wait for a post; more of them look like a mistake or an attack. */
const MOST_UNUSED_UPLOADS = 300

export interface UploadDetails {
  purpose: "post" | "avatar" | "header"
  description?: string | null | undefined
  focus?: string | undefined
}

export const originalKey = (ownerId: AccountId, id: MediaId, sha256: string) =>
  `originals/${ownerId}/${id}/${sha256}`

/** `x,y` as numbers from -1 to 1. */
export function parseFocus(
  text: string | undefined,
): { focusX: number; focusY: number } | Record<string, never> {
  if (!text) return {}
  const [x = 0, y = 0] = text.split(",").map((each) => Math.max(-1, Math.min(1, Number(each))))
  return { focusX: x, focusY: y }
}

/**
 * Keeps the member from being deleted until the transaction ends (`holdMember`), and looks how many uploads they have:
 * together, as it is asked for each photo.
 *
 * @throws Unauthorized when the member is gone; Conflict
 */
async function admitUpload({ db }: UnitOfWork, ownerId: AccountId): Promise<void> {
  const [row] = await db.execute<{ unused: number }>(sql`
    select (select count(*)::int from (
        select from media where owner_id = accounts.id and post_id is null and purpose = 'post'
        limit ${MOST_UNUSED_UPLOADS}::int) as uploads) as unused
    from accounts where ${isThere(ownerId)} for key share of accounts`)
  if (!row) throw new Unauthorized()
  if (row.unused === MOST_UNUSED_UPLOADS) {
    throw new Conflict("Too many uploaded photos wait for a post. Post or remove some of them first.")
  }
}

/**
 * Keeps an upload and has it developed. The original is on disk, synced, before the row that names it is
 * committed; row and job are committed together.
 */
async function acceptPhoto(
  ctx: Context,
  actor: Actor,
  upload: Upload,
  details: UploadDetails,
): Promise<{ id: MediaId; queued: QueuedJob[] }> {
  const kind = sniff(upload.head)
  if (!kind.supported) throw new UnsupportedPhoto(kind.reason)
  const ownerId = actor.accountId
  const id = await newIdOf<MediaId>(ctx.db, ownerId)
  const key = originalKey(ownerId, id, upload.sha256)
  await upload.keep(key)
  try {
    const { queued } = await unitOfWork(ctx, ownerId, async (unit) => {
      await admitUpload(unit, ownerId)
      const { focusX = 0, focusY = 0 } = parseFocus(details.focus)
      // Written out, and along with COMMIT: of what runs for each photo, putting it together takes longer than sending it.
      await sendAlong(
        unit.db,
        sql`
          insert into media (owner_id, id, purpose, original_sha256, original_bytes, original_type, description, focus_x, focus_y)
          values (${ownerId}::bigint, ${id}::bigint, ${details.purpose}, ${upload.sha256}, ${upload.size}::int,
            ${kind.type}, ${details.description || null}, ${focusX}::float8, ${focusY}::float8)`,
      )
      unit.enqueue(developPhotoJob, ownerId, { mediaId: id })
    })
    return { id, queued }
  } catch (error) {
    // A row may point to it that is committed after all; if not, a sweep finds it.
    if (isRolledBack(error)) await ctx.blobs.remove(key)
    throw error
  }
}

/**
 * Takes a photo in and waits a while for it to be developed.
 *
 * @param waitMs how long to wait
 * @throws UnsupportedPhoto; Conflict; Invalid when the development failed within the wait
 */
export async function uploadPhoto(
  ctx: Context,
  actor: Actor,
  upload: Upload,
  details: UploadDetails,
  waitMs: number,
): Promise<OwnMedia> {
  const { id, queued } = await acceptPhoto(ctx, actor, upload, details)
  return awaitDeveloped(ctx, actor.accountId, id, queued, waitMs)
}
