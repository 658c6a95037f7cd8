import sharp, { type Metadata, type SharpOptions } from "sharp"
import { print } from "./renditions.ts"

const WEBP = { quality: 70, effort: 2 } as const
const LARGEST_WIDTH = 640
const MOST_FRAMES = 300
/** Of all frames taken together: bounds the time, about ten milliseconds for a frame of 640 × 480. */
const MOST_PIXELS = 100_000_000

/** How many of its frames are kept: fewer than all when it is too long, none when it does not move. */
function framesToKeep({ pages = 1, width, pageHeight, height }: Metadata): number {
  const fitting = Math.floor(MOST_PIXELS / (width * (pageHeight ?? height)))
  const frames = Math.min(pages, MOST_FRAMES, fitting)
  return frames > 1 ? frames : 0
}

/** The animation as `animation.webp`, if it is one; cut short if it is very long. @returns whether it was made */
export async function printAnimation(
  input: string,
  options: SharpOptions,
  metadata: Metadata,
  outDir: string,
): Promise<boolean> {
  const moves = metadata.format === "gif" || metadata.format === "webp"
  const pages = moves ? framesToKeep(metadata) : 0
  if (pages === 0) return false
  const animation = sharp(input, { ...options, animated: true, pages, limitInputPixels: MOST_PIXELS })
    .resize({ width: LARGEST_WIDTH, withoutEnlargement: true })
    .webp(WEBP)
  await print(animation, outDir, "animation.webp")
  return true
}
