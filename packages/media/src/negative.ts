import sharp, { type Metadata, type Sharp, type SharpOptions } from "sharp"

const LARGEST_WIDTH = 2048
/** Taller ones are scaled down until they fit: encoders and browsers stop somewhere. */
const LARGEST_HEIGHT = 8192

/** Upright sRGB pixels of the largest rendition, 8 bits a channel: everything else is made from them. */
export interface Negative {
  data: Buffer
  width: number
  height: number
  /** The fourth is alpha, and there only if something is transparent. */
  channels: 3 | 4
}

export const openNegative = ({ data, width, height, channels }: Negative): Sharp =>
  sharp(data, { raw: { width, height, channels } })

/** The image's pixels, in sRGB. */
export async function toNegative(image: Sharp): Promise<Negative> {
  const { data, info } = await image
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 3 && info.channels !== 4) throw new Error(`${info.channels} channels`)
  return { data, width: info.width, height: info.height, channels: info.channels }
}

/** The size of the largest rendition of an upright photo: never enlarged. */
function largestSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, LARGEST_WIDTH / width, LARGEST_HEIGHT / height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

async function withoutUselessAlpha(negative: Negative): Promise<Negative> {
  if (negative.channels === 3) return negative
  const { isOpaque } = await openNegative(negative).stats()
  return isOpaque ? toNegative(openNegative(negative).removeAlpha()) : negative
}

/**
 * Decodes once, small: shrunk while it is read, turned upright (EXIF orientation) only then, since turning needs all
 * the pixels in memory. Colours come out as sRGB and metadata stays behind.
 *
 * @param metadata of the same photo
 */
export async function makeNegative(
  input: string,
  options: SharpOptions,
  metadata: Metadata,
): Promise<Negative> {
  const { width, height } = largestSize(metadata.autoOrient.width, metadata.autoOrient.height)
  const { hasProfile, space, depth } = metadata
  const convertsLate = hasProfile && space === "srgb" && depth === "uchar"
  const shrunk = sharp(input, { ...options, autoOrient: true, ignoreIcc: convertsLate }).resize({
    width,
    height,
    fit: "fill",
  })
  // sharp converts colours before it resizes. With 8-bit RGB it is four times faster, and as good, to do so after.
  if (convertsLate) {
    const small = await shrunk.keepIccProfile().tiff({ compression: "none" }).toBuffer()
    return withoutUselessAlpha(await toNegative(sharp(small)))
  }
  // sharp brings deep photos with a profile to P3 first; named as the output's profile, sRGB is what comes out.
  const isDeep = hasProfile && depth !== "uchar"
  const managed = isDeep ? shrunk.withIccProfile("srgb", { attach: false }) : shrunk
  return withoutUselessAlpha(await toNegative(managed))
}
