import { writeFile } from "node:fs/promises"
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

/** Encodes in memory, a few hundred kilobytes, so that an error of the disk is told from one of the encoder. */
export async function print(image: Sharp, outDir: string, name: string): Promise<void> {
  await writeFile(join(outDir, name), await image.toBuffer())
}

const printJpeg = (negative: Negative, outDir: string) =>
  print(openNegative(negative).flatten({ background: WHITE }).jpeg(JPEG), outDir, `${negative.width}.jpg`)

const printAvif = (negative: Negative, outDir: string) =>
  print(
    openNegative(negative).avif({ ...AVIF, quality: avifQuality(negative.width) }),
    outDir,
    `${negative.width}.avif`,
  )

/** The photo in every nominal width below its largest, and in that: each is made from the next wider one. */
async function* everyWidth(largest: Negative): AsyncGenerator<Negative> {
  let negative = largest
  yield negative
  for (const width of WIDTHS) {
    if (width >= negative.width) continue
    negative = await toNegative(openNegative(negative).resize({ width }))
    yield negative
  }
}

/** As JPEG, for everybody. @returns the smallest */
export async function printJpegs(largest: Negative, outDir: string): Promise<Negative> {
  let smallest = largest
  for await (const negative of everyWidth(largest)) {
    await printJpeg(negative, outDir)
    smallest = negative
  }
  return smallest
}

/** As AVIF, for the many: about four times the work, so that it is done by itself when there is time for it. */
export async function printAvifs(largest: Negative, outDir: string): Promise<void> {
  for await (const negative of everyWidth(largest)) await printAvif(negative, outDir)
}
