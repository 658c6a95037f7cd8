import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import sharp, { type AvifOptions, type Sharp } from "sharp"
import { likeness } from "./likeness.ts"

/**
 * What each format and effort costs, in time and bytes, at what likeness to the pixels it was given:
 * `node tools/bench/src/renditions.ts FOLDER_OF_PHOTOS [WIDTH]`. One encoder at a time, one thread; the time is the
 * processor's, so that the table is the same on a machine that does other things as well.
 */

const folder = process.argv[2]
const width = Number(process.argv[3] ?? 1080)
if (!folder) throw new Error("usage: node tools/bench/src/renditions.ts FOLDER [WIDTH]")
sharp.concurrency(1)
sharp.cache(false)

const avif = (options: AvifOptions) => (image: Sharp) => image.avif(options)
const halved = { chromaSubsampling: "4:2:0" } as const

const ENCODERS: Record<string, (image: Sharp) => Sharp> = {
  "jpeg q80 baseline": (image) => image.jpeg({ quality: 80 }),
  "jpeg q80 progressive": (image) => image.jpeg({ quality: 80, progressive: true }),
  "jpeg q80 mozjpeg": (image) => image.jpeg({ quality: 80, mozjpeg: true }),
  "webp q78 effort 0": (image) => image.webp({ quality: 78, effort: 0 }),
  "webp q78 effort 2": (image) => image.webp({ quality: 78, effort: 2 }),
  "webp q78 effort 4": (image) => image.webp({ quality: 78, effort: 4 }),
  "avif q55 effort 0, 4:4:4": avif({ quality: 55, effort: 0 }),
  "avif q50 effort 0": avif({ quality: 50, effort: 0, ...halved }),
  "avif q55 effort 0": avif({ quality: 55, effort: 0, ...halved }),
  "avif q58 effort 0": avif({ quality: 58, effort: 0, ...halved }),
  "avif q62 effort 0": avif({ quality: 62, effort: 0, ...halved }),
  "avif q62 effort 0, tune psnr": avif({ quality: 62, effort: 0, tune: "psnr", ...halved }),
  "avif q62 effort 0, tune ssim": avif({ quality: 62, effort: 0, tune: "ssim", ...halved }),
  "avif q62 effort 1": avif({ quality: 62, effort: 1, ...halved }),
  "avif q55 effort 2": avif({ quality: 55, effort: 2, ...halved }),
}

interface Sum {
  cpuMs: number
  bytes: number
  squaredError: number
  ssim: number
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** A photo's pixels at the wanted width; nothing if it is narrower or cannot be read. */
async function shrink(path: string) {
  const shrunk = await sharp(readFileSync(path), { limitInputPixels: 100_000_000, autoOrient: true })
    .resize({ width, withoutEnlargement: true })
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(() => undefined)
  return shrunk?.info.width === width ? shrunk : undefined
}

const sums = new Map<string, Sum>(
  Object.keys(ENCODERS).map((name) => [name, { cpuMs: 0, bytes: 0, squaredError: 0, ssim: 0 }]),
)
let photos = 0
for (const name of readdirSync(folder).filter((each) => /\.(jpe?g|webp|png)$/i.test(each))) {
  const shrunk = await shrink(join(folder, name))
  if (!shrunk) continue
  photos++
  const { info, data } = shrunk
  for (const [encoder, encode] of Object.entries(ENCODERS)) {
    const started = cpuMs()
    const encoded = await encode(
      sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } }),
    ).toBuffer()
    const spent = cpuMs() - started
    const back = await sharp(encoded).removeAlpha().toColourspace("srgb").raw().toBuffer()
    const { squaredError, ssim } = likeness(data, back, info.width)
    const sum = sums.get(encoder)
    if (!sum) continue
    sum.cpuMs += spent
    sum.bytes += encoded.length
    sum.squaredError += squaredError
    sum.ssim += ssim
  }
}

console.log(`${photos} photos of ${folder}, ${width} pixels wide, mean of each:`)
console.table(
  Object.fromEntries(
    [...sums].map(([name, sum]) => [
      name,
      {
        "CPU ms": Math.round(sum.cpuMs / photos),
        kB: Math.round(sum.bytes / photos / 1000),
        "PSNR dB": Number((10 * Math.log10(65_025 / (sum.squaredError / photos))).toFixed(1)),
        SSIM: Number((sum.ssim / photos).toFixed(4)),
      },
    ]),
  ),
)
