import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Sharp } from "sharp"
import { type Negative, openNegative, toNegative } from "./negative.ts"

/** Nominal widths, widest first. */
const WIDTHS = [2048, 1080, 640, 320] as const

/** Chosen by the tables in docs/decisions/0004-renditions.md. */
const JPEG = { quality: 80, optimiseCoding: false } as const
const AVIF = { effort: 0, chromaSubsampling: "4:2:0" } as const

/** What is wider than this is seen on dense screens, where a pixel counts for less, and takes half of all the time. */
const NARROW = 1080
const avifQuality = (width: number) => (width > NARROW ? 55 : 62)

const WHITE = "#fff"

/**
 * Encodes in memory, a few hundred kilobytes, so that an error of the disk is told from one of the encoder. Its process
 * has nothing else to do: to have another thread write takes longer than to write.
 */
export async function print(image: Sharp, outDir: string, name: string): Promise<void> {
  writeFileSync(join(outDir, name), await image.toBuffer())
}

const printJpeg = (image: Sharp, width: number, outDir: string) =>
  print(image.flatten({ background: WHITE }).jpeg(JPEG), outDir, `${width}.jpg`)

const printAvif = (negative: Negative, outDir: string) =>
  print(
    openNegative(negative).avif({ ...AVIF, quality: avifQuality(negative.width) }),
    outDir,
    `${negative.width}.avif`,
  )

/** The nominal widths that a photo has below its own, widest first. */
const widthsBelow = (width: number): number[] => WIDTHS.filter((each) => each < width)

const scaledTo = (width: number, negative: Negative): Sharp => openNegative(negative).resize({ width })

/** The photo in its own width and in each of others, widest first: each is made from the one before. */
async function* inWidths(largest: Negative, widths: readonly number[]): AsyncGenerator<Negative> {
  let negative = largest
  yield negative
  for (const width of widths) {
    negative = await toNegative(scaledTo(width, negative))
    yield negative
  }
}

/**
 * As JPEG, for everybody. The smallest is scaled and encoded in one go: nothing else is made of it.
 *
 * @returns what the smallest was made of
 */
export async function printJpegs(largest: Negative, outDir: string): Promise<Negative> {
  const widths = widthsBelow(largest.width)
  const smallest = widths.pop()
  let last = largest
  for await (const negative of inWidths(largest, widths)) {
    await printJpeg(openNegative(negative), negative.width, outDir)
    last = negative
  }
  if (smallest !== undefined) await printJpeg(scaledTo(smallest, last), smallest, outDir)
  return last
}

/** As AVIF, for the many: about four times the work, so that it is done by itself when there is time for it. */
export async function printAvifs(largest: Negative, outDir: string): Promise<void> {
  for await (const negative of inWidths(largest, widthsBelow(largest.width)))
    await printAvif(negative, outDir)
}
