import { computed, signal } from "@preact/signals"
import type { Status, Visibility } from "@tintype/contract"
import { api } from "../api.ts"
import { randomKey } from "../forms/random-key.ts"
import { lengthOf, mediaIdOf, obstacle } from "./composition.ts"
import { Uploads } from "./uploads.ts"

export type Draft = ReturnType<typeof openDraft>

/**
 * A post in the making. It is posted once, however often posting is tried: every try has the same key.
 *
 * @param usual the visibility that is chosen at first
 */
export function openDraft(usual: Visibility) {
  const uploads = new Uploads()
  const { photos } = uploads
  const caption = signal("")
  const visibility = signal(usual)
  const idempotencyKey = randomKey()
  return {
    uploads,
    photos,
    caption,
    visibility,
    /** Why it cannot be posted yet. */
    obstacle: computed(() => obstacle(photos.value, lengthOf(caption.value))),
    /** @throws ApiError */
    async post(): Promise<Status> {
      await Promise.all(photos.value.map((photo) => uploads.describe(photo.key)))
      const media_ids = photos.value.flatMap((photo) => mediaIdOf(photo) ?? [])
      const body = { status: caption.value, media_ids, visibility: visibility.value }
      return (await api.createStatus({ body, headers: { "idempotency-key": idempotencyKey } })).body
    },
  }
}
