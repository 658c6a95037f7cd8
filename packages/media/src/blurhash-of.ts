import { encode } from "blurhash"
import type { Negative } from "./negative.ts"

/** Of the picture that is encoded, at most. The smaller it is, the more the encoder finds waves that are not there. */
const SIDE = 24

/** Of a part that has many pixels, one in four is looked at, spread so that no pattern of two or four falls through. */
const STEP = 4
const MANY = 16
const FIRST_OF_ROW = [0, 2, 1, 3] as const

/** The mean colour of a part of a photo on white, as `encode` wants it. */
function meanOf({ data, width, channels }: Negative, x0: number, x1: number, y0: number, y1: number) {
  const step = x1 - x0 >= MANY && y1 - y0 >= MANY ? STEP : 1
  let [red, green, blue, pixels] = [0, 0, 0, 0]
  for (let y = y0; y < y1; y++) {
    const first = step === 1 ? x0 : x0 + (FIRST_OF_ROW[y % STEP] ?? 0)
    const end = (y * width + x1) * channels
    for (let at = (y * width + first) * channels; at < end; at += step * channels) {
      const alpha = channels === 4 ? (data[at + 3] ?? 255) / 255 : 1
      red += 255 + ((data[at] ?? 0) - 255) * alpha
      green += 255 + ((data[at + 1] ?? 0) - 255) * alpha
      blue += 255 + ((data[at + 2] ?? 0) - 255) * alpha
      pixels++
    }
  }
  return [red / pixels, green / pixels, blue / pixels, 255]
}

/**
 * A few dozen characters from which clients paint a blurred placeholder (blurha.sh). Made of means of the pixels that
 * are there: to have them scaled down takes as long as to encode a small JPEG.
 */
export function blurhashOf(negative: Negative): string {
  const { width, height } = negative
  const scale = Math.min(1, SIDE / width, SIDE / height)
  const columns = Math.max(1, Math.round(width * scale))
  const rows = Math.max(1, Math.round(height * scale))
  const edge = (index: number, parts: number, length: number) => Math.floor((index * length) / parts)
  const small = new Uint8ClampedArray(columns * rows * 4)
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const [x0, x1] = [edge(x, columns, width), edge(x + 1, columns, width)]
      const [y0, y1] = [edge(y, rows, height), edge(y + 1, rows, height)]
      small.set(meanOf(negative, x0, x1, y0, y1), (y * columns + x) * 4)
    }
  }
  const wide = columns >= rows
  return encode(small, columns, rows, wide ? 4 : 3, wide ? 3 : 4)
}
