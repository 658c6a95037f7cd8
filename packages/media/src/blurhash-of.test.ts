import { decode } from "blurhash"
import sharp from "sharp"
import { describe, expect, test } from "vitest"
import { blurhashOf } from "./blurhash-of.ts"
import { toNegative } from "./negative.ts"

type Colour = [red: number, green: number, blue: number, alpha: number]

/** Painted by a colour for each place, from 0 to 1 in both directions. */
function painted(width: number, height: number, colourAt: (x: number, y: number) => Colour) {
  const data = Buffer.alloc(width * height * 4)
  for (let at = 0; at < width * height; at++) {
    data.set(colourAt((at % width) / width, Math.floor(at / width) / height), at * 4)
  }
  return { data, width, height, channels: 4 as const }
}

/** The placeholder's colours in a grid of so many columns and rows. */
const shown = (hash: string, columns: number, rows: number) => decode(hash, columns, rows)

describe("a blurhash", () => {
  test("has its colours where the photo has them, in every shape", () => {
    for (const [width, height] of [
      [320, 320],
      [320, 8192],
      [320, 3],
      [1, 1],
      [33, 47],
    ] as const) {
      const hash = blurhashOf(painted(width, height, (x) => [x < 0.5 ? 200 : 40, 90, 90, 255]))
      const [left = 0, , , , , , , , right = 0] = shown(hash, 3, 1)
      if (width > 2) expect(left - right).toBeGreaterThan(80)
    }
  })

  test("is that of the photo on white", () => {
    const clear = blurhashOf(painted(50, 40, () => [0, 0, 0, 0]))
    expect([...shown(clear, 1, 1)].every((value) => value > 250)).toBe(true)
    const half = blurhashOf(painted(50, 40, () => [0, 0, 0, 128]))
    expect(shown(half, 1, 1)[0]).toBeGreaterThan(115)
    expect(shown(half, 1, 1)[0]).toBeLessThan(150)
  })

  test("is near that of the same photo scaled down", async () => {
    const wave = (x: number, y: number): Colour => [
      128 + 60 * Math.sin(5 * x),
      128 + 60 * Math.cos(4 * y),
      60,
      255,
    ]
    const negative = painted(320, 213, wave)
    const raw = { width: 320, height: 213, channels: 4 as const }
    const scaled = await toNegative(sharp(negative.data, { raw }).resize({ width: 24 }))
    const [own, other] = [shown(blurhashOf(negative), 8, 8), shown(blurhashOf(scaled), 8, 8)]
    const apart = own.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0)
    expect(apart / own.length).toBeLessThan(6)
  })
})
