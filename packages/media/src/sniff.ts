import { isCameraRaw } from "./camera-raw.ts"

/** As much of a file's beginning as is looked at. */
export const HEAD_BYTES = 4096

export type PhotoType = `image/${"jpeg" | "png" | "webp" | "avif" | "gif" | "tiff"}`

export type Sniffed = { supported: true; type: PhotoType } | { supported: false; reason: string }

const HEIC =
  "Photos in HEIC format cannot be developed here yet. On an iPhone choose Settings › Camera › Formats › Most " +
  "Compatible for new photos, or export this one as JPEG and upload that."
const RAW = "A camera's raw file cannot be developed here. Export the photo as JPEG and upload that."
const VIDEO = "This is a video. Only photos can be posted here: JPEG, PNG, WebP, AVIF, GIF or TIFF."
const NO_PHOTO = "This file is not a photo. Upload a JPEG, PNG, WebP, AVIF, GIF or TIFF file."

const AVIF_BRANDS = ["avif", "avis"]
const HEIC_BRANDS = ["heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs", "mif1", "msf1"]
const VIDEO_BRANDS = ["isom", "iso2", "mp41", "mp42", "qt  ", "avc1", "M4V ", "3gp4", "3gp5", "3g2a"]

const refused = (reason: string): Sniffed => ({ supported: false, reason })
const found = (type: PhotoType): Sniffed => ({ supported: true, type })

/** ISO base media (ISO/IEC 14496-12): the major brand may be generic, the compatible ones tell. */
function sniffBrands(text: string): Sniffed {
  const brands = text.slice(8).match(/.{4}/gs) ?? []
  const has = (names: readonly string[]) => brands.some((brand) => names.includes(brand))
  if (has(AVIF_BRANDS)) return found("image/avif")
  if (has(HEIC_BRANDS)) return refused(HEIC)
  if (brands[0] === "crx ") return refused(RAW)
  return refused(has(VIDEO_BRANDS) ? VIDEO : NO_PHOTO)
}

/**
 * What a file is, by its first bytes: its name and the type that the sender gave mean nothing.
 *
 * @param head the first `HEAD_BYTES`, or all if there are fewer
 */
export function sniff(head: Uint8Array): Sniffed {
  const text = Buffer.from(head.subarray(0, 64)).toString("latin1")
  if (text.startsWith("\xff\xd8\xff")) return found("image/jpeg")
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return found("image/png")
  if (/^GIF8[79]a/.test(text)) return found("image/gif")
  if (text.startsWith("II*\0") || text.startsWith("MM\0*"))
    return isCameraRaw(head) ? refused(RAW) : found("image/tiff")
  if (/^RIFF.{4}WEBP/s.test(text)) return found("image/webp")
  if (text.slice(4, 8) === "ftyp") {
    const size = Buffer.from(head).readUInt32BE(0)
    return sniffBrands(text.slice(0, Math.min(64, size)))
  }
  if (text.startsWith("\x1aE\xdf\xa3")) return refused(VIDEO)
  return refused(NO_PHOTO)
}
