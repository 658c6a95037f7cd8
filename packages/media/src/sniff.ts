export type PhotoType = `image/${"jpeg" | "png" | "webp" | "avif" | "gif" | "tiff"}`

export type Sniffed = { supported: true; type: PhotoType } | { supported: false; reason: string }

const HEIC =
  "Photos in HEIC format cannot be developed here yet. On an iPhone choose Settings › Camera › Formats › Most " +
  "Compatible for new photos, or export this one as JPEG and upload that."
const NO_PHOTO = "This file is not a photo. Upload a JPEG, PNG, WebP, AVIF, GIF or TIFF file."

const AVIF_BRANDS = new Set(["avif", "avis"])
const HEIC_BRANDS = new Set(["heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs", "mif1", "msf1"])

const refused = (reason: string): Sniffed => ({ supported: false, reason })
const found = (type: PhotoType): Sniffed => ({ supported: true, type })

/** ISO base media (ISO/IEC 14496-12): the major brand may be generic, the compatible ones tell. */
function sniffBrands(text: string): Sniffed {
  const brands = text.slice(8).match(/.{4}/gs) ?? []
  if (brands.some((brand) => AVIF_BRANDS.has(brand))) return found("image/avif")
  return refused(brands.some((brand) => HEIC_BRANDS.has(brand)) ? HEIC : NO_PHOTO)
}

/**
 * What a file is, by its first bytes: its name and the type that the sender gave mean nothing.
 *
 * @param head the first 64 bytes or more
 */
export function sniff(head: Uint8Array): Sniffed {
  const text = Buffer.from(head.subarray(0, 64)).toString("latin1")
  if (text.startsWith("\xff\xd8\xff")) return found("image/jpeg")
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return found("image/png")
  if (/^GIF8[79]a/.test(text)) return found("image/gif")
  if (text.startsWith("II*\0") || text.startsWith("MM\0*")) return found("image/tiff")
  if (/^RIFF.{4}WEBP/s.test(text)) return found("image/webp")
  if (text.slice(4, 8) === "ftyp") {
    const size = Buffer.from(head).readUInt32BE(0)
    return sniffBrands(text.slice(0, Math.min(64, size)))
  }
  return refused(NO_PHOTO)
}
