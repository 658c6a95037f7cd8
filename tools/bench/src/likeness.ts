/** How far an encoder's pixels are from those that it was given, both RGB of the same size, 8 bits a channel. */
export interface Likeness {
  /** Mean squared error, over all channels. */
  squaredError: number
  /** Structural similarity of the luma, 1 when alike (Wang et al. 2004), over squares of 8 × 8. */
  ssim: number
}

const SQUARE = 8
const C1 = (0.01 * 255) ** 2
const C2 = (0.03 * 255) ** 2

function squaredError(one: Uint8Array, other: Uint8Array): number {
  let sum = 0
  for (let index = 0; index < one.length; index++) sum += ((one[index] ?? 0) - (other[index] ?? 0)) ** 2
  return sum / one.length
}

/** BT.601, which JPEG and AVIF encode in. */
function lumaOf(rgb: Uint8Array): Float64Array {
  const luma = new Float64Array(rgb.length / 3)
  for (let at = 0; at < luma.length; at++)
    luma[at] = 0.299 * (rgb[3 * at] ?? 0) + 0.587 * (rgb[3 * at + 1] ?? 0) + 0.114 * (rgb[3 * at + 2] ?? 0)
  return luma
}

function ssimOfSquare(one: Float64Array, other: Float64Array, corner: number, width: number): number {
  let [sumX, sumY, sumXX, sumYY, sumXY] = [0, 0, 0, 0, 0]
  for (let row = 0; row < SQUARE; row++) {
    for (let column = 0; column < SQUARE; column++) {
      const at = corner + row * width + column
      const [x = 0, y = 0] = [one[at], other[at]]
      sumX += x
      sumY += y
      sumXX += x * x
      sumYY += y * y
      sumXY += x * y
    }
  }
  const count = SQUARE * SQUARE
  const [meanX, meanY] = [sumX / count, sumY / count]
  const varianceX = sumXX / count - meanX ** 2
  const varianceY = sumYY / count - meanY ** 2
  const covariance = sumXY / count - meanX * meanY
  return (
    ((2 * meanX * meanY + C1) * (2 * covariance + C2)) /
    ((meanX ** 2 + meanY ** 2 + C1) * (varianceX + varianceY + C2))
  )
}

function ssim(one: Float64Array, other: Float64Array, width: number): number {
  const height = one.length / width
  let sum = 0
  let squares = 0
  for (let top = 0; top + SQUARE <= height; top += SQUARE / 2) {
    for (let left = 0; left + SQUARE <= width; left += SQUARE / 2) {
      sum += ssimOfSquare(one, other, top * width + left, width)
      squares++
    }
  }
  return sum / squares
}

/** @param width of both, at least 8 */
export const likeness = (original: Uint8Array, encoded: Uint8Array, width: number): Likeness => ({
  squaredError: squaredError(original, encoded),
  ssim: ssim(lumaOf(original), lumaOf(encoded), width),
})
