import { join } from "node:path"
import { encode as encodeBlurhash } from "blurhash"
import sharp, { type OutputInfo, type Sharp } from "sharp"

const WIDTHS = [320, 640, 1080, 2048] as const
const LARGEST_WIDTH = 2048
/** Taller ones are scaled down until they fit: encoders and browsers stop somewhere. */
const LARGEST_HEIGHT = 8192

/** Chosen by the table in docs/decisions/0004-renditions.md. */
const JPEG = { quality: 80, mozjpeg: false, progressive: true } as const
const AVIF = { quality: 55, effort: 0 } as const
const ANIMATION = { quality: 70, effort: 2 } as const

const ANIMATION_WIDTH = 640
const ANIMATION_FRAMES = 300
const ANIMATION_PIXELS = 100_000_000

/** Upright sRGB pixels of the largest rendition: everything else is made from them. */
export interface Negative {
  data: Buffer
  width: number
  height: number
  channels: 1 | 2 | 3 | 4
}

const open = ({ data, width, height, channels }: Negative): Sharp =>
  sharp(data, { raw: { width, height, channels } })

/** Rotation and mirroring that turn a photo upright, by its EXIF orientation (CIPA DC-008, tag 0x0112). */
const UPRIGHT: Record<number, { angle: number; mirror: boolean }> = {
  2: { angle: 0, mirror: true },
  3: { angle: 180, mirror: false },
  4: { angle: 180, mirror: true },
  5: { angle: 270, mirror: true },
  6: { angle: 90, mirror: false },
  7: { angle: 90, mirror: true },
  8: { angle: 270, mirror: false },
}

export const isTurned = (orientation: number): boolean => orientation >= 5 && orientation <= 8

/** The size of the largest rendition of an upright photo: never enlarged. */
function largestSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, LARGEST_WIDTH / width, LARGEST_HEIGHT / height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/**
 * Decodes once, small: resized while it is read, turned upright only then, since turning needs the whole image
 * in memory. Colours come out as sRGB and metadata stays behind.
 *
 * @param size of the photo as stored, before turning
 */
export async function makeNegative(
  photo: Sharp,
  size: { width: number; height: number },
  orientation: number,
): Promise<Negative> {
  const turned = isTurned(orientation)
  const upright = turned ? { width: size.height, height: size.width } : size
  const target = largestSize(upright.width, upright.height)
  const stored = turned ? { width: target.height, height: target.width } : target
  const resized = await photo
    .resize({ ...stored, fit: "fill" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
  const flat: Negative = { data: resized.data, ...pick(resized.info) }
  const turn = UPRIGHT[orientation]
  if (!turn) return flat
  const mirrored = turn.mirror ? await toRaw(open(flat).flop()) : flat
  return turn.angle ? toRaw(open(mirrored).rotate(turn.angle)) : mirrored
}

const pick = (info: OutputInfo) => ({ width: info.width, height: info.height, channels: info.channels })

async function toRaw(image: Sharp): Promise<Negative> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { data, ...pick(info) }
}

/** Every nominal width below the largest, and the largest: as JPEG for everybody and AVIF for the many. */
export async function printRenditions(negative: Negative, outDir: string): Promise<void> {
  const widths = [...WIDTHS.filter((width) => width < negative.width), negative.width]
  await Promise.all(
    widths.map(async (width) => {
      const small = width === negative.width ? negative : await toRaw(open(negative).resize({ width }))
      const jpeg = open(small).flatten({ background: "#fff" }).jpeg(JPEG)
      await Promise.all([
        jpeg.toFile(join(outDir, `${width}.jpg`)),
        open(small)
          .avif(AVIF)
          .toFile(join(outDir, `${width}.avif`)),
      ])
    }),
  )
}

/** A few dozen characters from which clients paint a blurred placeholder (blurha.sh). */
export async function blurhashOf(negative: Negative): Promise<string> {
  const { data, info } = await open(negative)
    .flatten({ background: "#fff" })
    .toColourspace("srgb")
    .resize({ width: 32, height: 32, fit: "inside" })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const wide = info.width >= info.height
  return encodeBlurhash(new Uint8ClampedArray(data), info.width, info.height, wide ? 4 : 3, wide ? 3 : 4)
}

/** The whole animation as `animation.webp`, if it is one and not too long. @returns whether it was made */
export async function printAnimation(
  input: string,
  metadata: { pages?: number | undefined; width: number; height: number },
  outDir: string,
): Promise<boolean> {
  const pages = metadata.pages ?? 1
  const pixels = metadata.width * metadata.height * pages
  if (pages < 2 || pages > ANIMATION_FRAMES || pixels > ANIMATION_PIXELS) return false
  await sharp(input, { animated: true, limitInputPixels: ANIMATION_PIXELS })
    .resize({ width: ANIMATION_WIDTH, withoutEnlargement: true })
    .webp(ANIMATION)
    .toFile(join(outDir, "animation.webp"))
  return true
}
