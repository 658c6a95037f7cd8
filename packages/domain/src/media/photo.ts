import type { MediaAttachment } from "@tintype/contract"
import { PREVIEW_WIDTH } from "@tintype/contract/limits"
import type { AccountId, MediaId, media } from "@tintype/db"
import { signPath } from "@tintype/media/signed-path"
import type { Settings } from "../context.ts"

/** A photo as far as it is shown: what an attachment is made of. */
export interface Photo {
  id: MediaId
  ownerId: AccountId
  /** The attempt that developed it; null while there is nothing to show. */
  attempt: number | null
  width: number | null
  height: number | null
  animated: boolean
  blurhash: string | null
  description: string | null
  focusX: number
  focusY: number
}

export const photoOf = (row: typeof media.$inferSelect): Photo => ({
  id: row.id,
  ownerId: row.ownerId,
  attempt: row.readyAttempt,
  width: row.width,
  height: row.height,
  animated: row.animated,
  blurhash: row.blurhash,
  description: row.description,
  focusX: row.focusX,
  focusY: row.focusY,
})

const WINDOW_SECONDS = 6 * 3600

/**
 * When links to a photo that not everybody may see run out, in seconds since 1970. All links made within six
 * hours run out together, six to twelve hours later, so that a browser finds the same URL again in its cache.
 */
export const linkExpiry = (now: Date): number =>
  (Math.floor(now.getTime() / 1000 / WINDOW_SECONDS) + 2) * WINDOW_SECONDS

function dimensions(width: number, height: number) {
  return { width, height, size: `${width}x${height}`, aspect: Number((width / height).toFixed(6)) }
}

/** Where a photo is found and how large it is; nothing of it while there is nothing to show. */
function placeOf(settings: Settings, photo: Photo, expires: number | "public") {
  const { attempt, width, height } = photo
  if (attempt === null || width === null || height === null)
    return { url: null, preview_url: null, sizes: {} }
  const directory = `${photo.ownerId}/${photo.id}/${attempt}`
  const base = settings.publicUrl + signPath(settings.signingSecret, directory, expires)
  const small = Math.min(width, PREVIEW_WIDTH)
  return {
    url: `${base}/${photo.animated ? "animation.webp" : `${width}.jpg`}`,
    preview_url: `${base}/${small}.jpg`,
    sizes: {
      original: dimensions(width, height),
      small: dimensions(small, Math.max(1, Math.round((height * small) / width))),
    },
  }
}

/**
 * A photo as clients get it.
 *
 * @param expires when its links run out, `public` for photos of posts that everybody may see
 */
export function presentPhoto(settings: Settings, photo: Photo, expires: number | "public"): MediaAttachment {
  const { url, preview_url, sizes } = placeOf(settings, photo, expires)
  // The members stand in the contract's order, in which the API's serialiser writes them too.
  return {
    id: photo.id,
    type: "image",
    url,
    preview_url,
    remote_url: null,
    preview_remote_url: null,
    text_url: null,
    meta: { ...sizes, focus: { x: photo.focusX, y: photo.focusY } },
    description: photo.description,
    blurhash: photo.blurhash,
  }
}
