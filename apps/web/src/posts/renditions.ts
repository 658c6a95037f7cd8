import type { MediaAttachment } from "@tintype/contract"
import { renditionWidths } from "@tintype/contract/limits"

export interface Sources {
  best: string
  jpeg: string
}

/**
 * The `srcset` of a developed photo, whose renditions lie side by side as `<width>.jpg`.
 *
 * Of each the server sends the form that suits the browser best, of those that are there by then. The JPEGs are for when
 * that could not be shown, so that the query asks for just them.
 *
 * @returns undefined for what exists in one form only: an animation, or a photo of unknown width
 */
export function sourcesOf(photo: MediaAttachment): Sources | undefined {
  const width = photo.meta.original?.width
  if (!photo.url || !width || isAnimation(photo)) return undefined
  const folder = photo.url.slice(0, photo.url.lastIndexOf("/") + 1)
  const set = (query: string) =>
    renditionWidths(width)
      .map((one) => `${folder}${one}.jpg${query} ${one}w`)
      .join(", ")
  return { best: set(""), jpeg: set("?as-named") }
}

export const isAnimation = (photo: MediaAttachment): boolean =>
  photo.url?.endsWith("/animation.webp") ?? false

const NARROWEST = 0.7
const WIDEST = 2.2

/** Width by height of the frame that a photo is shown in: its own, but for very tall and very wide ones. */
export function frameAspect(photo: MediaAttachment | undefined): number {
  const { width = 1, height = 1 } = photo?.meta.original ?? {}
  return Math.min(WIDEST, Math.max(NARROWEST, width / height))
}
