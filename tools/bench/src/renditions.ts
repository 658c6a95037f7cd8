import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import sharp, { type Sharp } from "sharp"

/**
 * What each format and effort costs, in time and bytes, at what likeness to the pixels it was given:
 * `node tools/bench/src/renditions.ts FOLDER_OF_PHOTOS [WIDTH]`. One encoder at a time, one thread.
 */

const folder = process.argv[2]
const width = Number(process.argv[3] ?? 1080)
if (!folder) throw new Error("usage: node tools/bench/src/renditions.ts FOLDER [WIDTH]")
sharp.concurrency(1)
sharp.cache(false)

const ENCODERS: Record<string, (image: Sharp) => Sharp> = {
  "jpeg q80": (image) => image.jpeg({ quality: 80, progressive: true }),
  "jpeg q80 mozjpeg": (image) => image.jpeg({ quality: 80, mozjpeg: true }),
  "webp q78 effort 2": (image) => image.webp({ quality: 78, effort: 2 }),
  "webp q78 effort 4": (image) => image.webp({ quality: 78, effort: 4 }),
  "avif q55 effort 0": (image) => image.avif({ quality: 55, effort: 0 }),
  "avif q55 effort 1": (image) => image.avif({ quality: 55, effort: 1 }),
  "avif q55 effort 2": (image) => image.avif({ quality: 55, effort: 2 }),
  "avif q55 effort 4": (image) => image.avif({ quality: 55, effort: 4 }),
}

interface Sum {
  ms: number
  bytes: number
  error: number
}

/** Mean squared error of what the encoder made of the pixels. */
async function meanSquaredError(pixels: Buffer, encoded: Buffer): Promise<number> {
  const back = await sharp(encoded).removeAlpha().toColourspace("srgb").raw().toBuffer()
  let sum = 0
  for (let index = 0; index < pixels.length; index++) sum += ((pixels[index] ?? 0) - (back[index] ?? 0)) ** 2
  return sum / pixels.length
}

const sums = new Map<string, Sum>(Object.keys(ENCODERS).map((name) => [name, { ms: 0, bytes: 0, error: 0 }]))
let photos = 0
for (const name of readdirSync(folder).filter((each) => /\.(jpe?g|webp|png)$/i.test(each))) {
  const file = readFileSync(join(folder, name))
  const shrunk = await sharp(file, { limitInputPixels: 100_000_000 })
    .resize({ width, withoutEnlargement: true })
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(() => undefined)
  if (!shrunk || shrunk.info.width < width) continue
  photos++
  const { info, data } = shrunk
  for (const [encoder, encode] of Object.entries(ENCODERS)) {
    const started = performance.now()
    const image = sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    const encoded = await encode(image).toBuffer()
    const sum = sums.get(encoder)
    if (!sum) continue
    sum.ms += performance.now() - started
    sum.bytes += encoded.length
    sum.error += await meanSquaredError(data, encoded)
  }
}

console.log(`${photos} photos of ${folder}, ${width} pixels wide, mean of each:`)
console.table(
  Object.fromEntries(
    [...sums].map(([name, { ms, bytes, error }]) => [
      name,
      {
        ms: Math.round(ms / photos),
        kB: Math.round(bytes / photos / 1000),
        "PSNR dB": Number((10 * Math.log10(65_025 / (error / photos))).toFixed(1)),
      },
    ]),
  ),
)
