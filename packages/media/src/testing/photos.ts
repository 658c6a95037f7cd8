import { crc32 } from "node:zlib"
import sharp, { type Sharp } from "sharp"

/** One colour all over. */
export const plain = (width: number, height: number, background = "#c03020"): Sharp =>
  sharp({ create: { width, height, channels: 3, background } })

/** Noise that no encoder can shrink: takes its time. */
export const noise = (width: number, height: number): Sharp =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: "#000",
      noise: { type: "gaussian", mean: 128, sigma: 60 },
    },
  })

const WIDTH = 64
const HEIGHT = 32

/** The colours in the corners of `turned`. */
export const CORNERS = {
  topLeft: [255, 0, 0],
  topRight: [0, 255, 0],
  bottomLeft: [0, 0, 255],
  bottomRight: [255, 255, 255],
} as const

function cornerAt(x: number, y: number): readonly number[] {
  if (y < HEIGHT / 2) return x < WIDTH / 2 ? CORNERS.topLeft : CORNERS.topRight
  return x < WIDTH / 2 ? CORNERS.bottomLeft : CORNERS.bottomRight
}

/** Where a stored pixel belongs when the photo stands upright, by EXIF orientation (CIPA DC-008, 4.6.5). */
const UPRIGHT: Record<number, (x: number, y: number) => [number, number]> = {
  1: (x, y) => [x, y],
  2: (x, y) => [WIDTH - 1 - x, y],
  3: (x, y) => [WIDTH - 1 - x, HEIGHT - 1 - y],
  4: (x, y) => [x, HEIGHT - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y) => [WIDTH - 1 - y, x],
  7: (x, y) => [WIDTH - 1 - y, HEIGHT - 1 - x],
  8: (x, y) => [y, HEIGHT - 1 - x],
}

/** A JPEG with an Exif block put in that holds nothing but an orientation (CIPA DC-008, 4.5 and 4.6). */
function orient(jpeg: Uint8Array, orientation: number): Buffer {
  const exif = Buffer.from(
    "\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0",
    "latin1",
  )
  exif.writeUInt16BE(orientation, 28)
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)])
}

/** A photo of 64 × 32 with a colour in each corner, stored as a camera held in one of eight ways would. */
export async function turned(orientation: number): Promise<Buffer> {
  const upright = UPRIGHT[orientation]
  if (!upright) throw new RangeError("orientation is from 1 to 8")
  const [width, height] = orientation < 5 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH]
  const pixels = Array.from({ length: width * height }, (_, at) =>
    cornerAt(...upright(at % width, Math.floor(at / width))),
  )
  const stored = sharp(Uint8Array.from(pixels.flat()), { raw: { width, height, channels: 3 } })
  return orient(await stored.jpeg({ quality: 95, chromaSubsampling: "4:4:4" }).toBuffer(), orientation)
}

/** A PNG whose header claims a size that its data does not have. */
export function pngClaiming(width: number, height: number): Buffer {
  const png = Buffer.from(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55" +
      "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082",
    "hex",
  )
  png.writeUInt32BE(width, 16)
  png.writeUInt32BE(height, 20)
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29)
  return png
}

/** A JPEG whose header claims a size that its data does not have. */
export async function jpegClaiming(width: number, height: number): Promise<Buffer> {
  const jpeg = await plain(8, 8).jpeg().toBuffer()
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
  jpeg.writeUInt16BE(height, frame + 5)
  jpeg.writeUInt16BE(width, frame + 7)
  return jpeg
}

/** A GIF whose screen and only frame claim a size (GIF89a, sections 18 and 20), with one pixel in it. */
export function gifClaiming(width: number, height: number): Buffer {
  const gif = Buffer.from("R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=", "base64")
  const frame = gif.indexOf(0x2c)
  for (const at of [6, frame + 5]) {
    gif.writeUInt16LE(width, at)
    gif.writeUInt16LE(height, at + 2)
  }
  return gif
}

/** A JPEG of a few kilobytes a megapixel that takes eight bytes a pixel to decode: all its coefficients at once. */
export const greedy = (side: number): Promise<Buffer> =>
  plain(side, side).jpeg({ progressive: true, chromaSubsampling: "4:4:4" }).toBuffer()
