import type { Metadata } from "sharp"
import { errorCode } from "./blob-errors.ts"

/** What a member is told about a photo that will never be developed: what is wrong, and what to do. */

const MEGAPIXEL = 1_000_000
const LARGEST_PIXELS = 100 * MEGAPIXEL
/** AVIF is decoded as a whole, at up to 25 bytes a pixel; the others are read in strips. */
const LARGEST_AVIF_PIXELS = 24 * MEGAPIXEL
const LONGEST_SIDE = 65_535

/** Also what a decoder's error looks like when it was refused memory and does not say so. */
export const DAMAGED = "This photo is damaged or incomplete. Please upload it again, or another copy of it."

const tooLarge = (pixels: number) =>
  `This photo has more than ${pixels / MEGAPIXEL} million pixels. Please upload a smaller version.`

/** Whatever a decoder may be asked for at all. */
export const PIXEL_LIMIT = LARGEST_PIXELS

/** Why a photo of this size and kind is not developed, if it is not. */
export function refusalOfSize({ format, width, height }: Metadata): string | undefined {
  const most = format === "heif" ? LARGEST_AVIF_PIXELS : LARGEST_PIXELS
  if (width * height > most) return tooLarge(most)
  if (Math.max(width, height) > LONGEST_SIDE)
    return `This photo is more than ${LONGEST_SIDE} pixels long. Please upload a part of it.`
  return undefined
}

/** What the machine lacked when a decoder failed: the error tells nothing of the photo then. */
export function faultOfMachine(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : ""
  if (/memory|allocat/i.test(message)) return "ENOMEM"
  if (/input\/output error|stale file|permission denied|too many open/i.test(message)) return "EIO"
  return errorCode(error)
}

/** What a decoder's error means for the member, of a file that begins as a photo does. */
export function refusalOfError(error: unknown): string {
  const message = error instanceof Error ? error.message : ""
  const isTooLarge = /pixel limit|dimensions? (?:exceed|too large)|too (?:wide|tall)/i.test(message)
  return isTooLarge ? tooLarge(LARGEST_PIXELS) : DAMAGED
}
