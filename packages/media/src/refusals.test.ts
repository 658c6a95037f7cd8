import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openTestDarkroom } from "./testing/open-test-darkroom.ts"
import { jpegClaiming, noise, plain, pngClaiming } from "./testing/photos.ts"

let darkroom: ReturnType<typeof openTestDarkroom>
beforeAll(() => {
  darkroom = openTestDarkroom({ memoryMib: 256, seconds: 30 })
})
afterAll(() => darkroom.close())

const text = (content: string) => async () => Buffer.from(content, "latin1")
const noisy = () => noise(700, 700)

/** The head of a HEIC file, as iPhones write it. */
const HEIC = "\0\0\0\x24ftypheic\0\0\0\0mif1MiHEmiafMiHBheic\0\0\x0d\xa9meta"

describe("a photo that cannot be developed", { timeout: 60_000 }, () => {
  test.for<[string, RegExp, () => Promise<Uint8Array>]>([
    ["a JPEG that breaks off", /damaged/, async () => (await noisy().jpeg().toBuffer()).subarray(0, 20_000)],
    ["a PNG that breaks off", /damaged/, async () => (await noisy().png().toBuffer()).subarray(0, 20_000)],
    ["a WebP that breaks off", /damaged/, async () => (await noisy().webp().toBuffer()).subarray(0, 20_000)],
    [
      "an AVIF that breaks off",
      /damaged/,
      async () => (await noisy().avif({ effort: 0 }).toBuffer()).subarray(0, 20_000),
    ],
    [
      "a TIFF that breaks off",
      /damaged/,
      async () => (await noisy().tiff({ compression: "lzw" }).toBuffer()).subarray(0, 20_000),
    ],
    ["a GIF that breaks off", /damaged/, async () => (await noisy().gif().toBuffer()).subarray(0, 20_000)],
    ["a JPEG's head without a photo", /damaged/, text("\xff\xd8\xff\xe0 nothing here")],
    ["a PNG that lies about its size", /damaged/, async () => pngClaiming(5000, 5000)],
    ["a PNG of 2500 million pixels", /100 million pixels/, async () => pngClaiming(50_000, 50_000)],
    ["a PNG of 65536 × 65536 pixels", /100 million pixels/, async () => pngClaiming(65_536, 65_536)],
    ["a PNG of 99 million pixels in one line", /65535 pixels long/, async () => pngClaiming(99_000_000, 1)],
    ["a JPEG of 280 million pixels", /100 million pixels/, () => jpegClaiming(20_000, 14_000)],
    [
      "an AVIF of 25 million pixels",
      /24 million pixels/,
      () => plain(5000, 5001).avif({ effort: 0 }).toBuffer(),
    ],
    ["a HEIC", /Most Compatible/, text(HEIC)],
    ["an SVG", /not a photo/, text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ["an SVG behind a declaration", /not a photo/, text('<?xml version="1.0"?><svg width="9" height="9"/>')],
    ["a PDF", /not a photo/, text("%PDF-1.7\n1 0 obj")],
    ["a page", /not a photo/, text("<!doctype html><script>alert(1)</script>")],
    [
      "an ImageMagick script",
      /not a photo/,
      text("push graphic-context\nimage over 0,0 0,0 'https://localhost/x'"),
    ],
    ["a libvips image", /not a photo/, text("\x08\xf2\xa6\xb6\0\0\0\x01\0\0\0\x01\0\0\0\x03")],
    ["a text", /not a photo/, text("hello")],
    ["nothing", /not a photo/, text("")],
  ])("is refused with a reason: %s", async ([, reason, make]) => {
    const { outcome } = await darkroom.develop(await make())
    expect(outcome).toEqual({ reason: expect.stringMatching(reason) })
    expect(darkroom.temporary()).toEqual([])
  })

  test("is not mistaken for an original that is not there", async () => {
    const gone = darkroom.develop(plain(9, 9).png(), AbortSignal.abort(new Error("never began")))
    await expect(gone).rejects.toThrow("never began")
    await expect(darkroom.developMissing()).rejects.toThrow(/ENOENT/)
  })
})

describe("a photo that decoders only warn about", () => {
  test("is developed", async () => {
    const jpeg = await plain(300, 200).jpeg().toBuffer()
    const { outcome } = await darkroom.develop(Buffer.concat([jpeg, Buffer.from("something behind its end")]))
    expect(outcome.developed).toMatchObject({ width: 300 })
  })
})
