import sharp from "sharp"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { ADOBE_RGB, rgbProfile, tagJpeg } from "./testing/icc-profile.ts"
import { openTestDarkroom, type Photo, pixelOf } from "./testing/open-test-darkroom.ts"
import { plain } from "./testing/photos.ts"

let darkroom: ReturnType<typeof openTestDarkroom>
beforeAll(() => {
  darkroom = openTestDarkroom({ refines: true })
})
afterAll(() => darkroom.close())

/** The colour of a photo of one colour, 2400 wide or less, once it is developed. */
async function colourOf(photo: Photo): Promise<number[]> {
  const { outcome, path } = await darkroom.develop(photo)
  if (!outcome.developed) throw new Error(outcome.reason)
  return pixelOf(path(`${outcome.developed.width}.jpg`), 20, 20)
}

const distance = (one: readonly number[], other: readonly number[]) =>
  Math.max(...one.map((value, at) => Math.abs(value - (other[at] ?? -999))))

const fine = { quality: 100, chromaSubsampling: "4:4:4" } as const

describe("colours come out as sRGB", { timeout: 30_000 }, () => {
  // The pure colours of sRGB, written in the wider space: as numbers they are far from it.
  test.for([
    [30, "#ff0000"],
    [2400, "#ff0000"],
    [30, "#00ff00"],
    [2400, "#00ff00"],
  ] as const)("from Display P3 (%i wide, %s)", async ([width, colour]) => {
    const expected = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
    const photo = await plain(width, 30, colour).withIccProfile("p3").jpeg(fine).toBuffer()
    const stored = [
      ...(await sharp(photo, { ignoreIcc: true })
        .extract({ left: 5, top: 5, width: 1, height: 1 })
        .raw()
        .toBuffer()),
    ]
    expect(distance(stored, expected)).toBeGreaterThan(20)
    expect(distance(await colourOf(photo), expected)).toBeLessThanOrEqual(6)
  })

  test.for([30, 2400])("from Adobe RGB (%i wide)", async (width) => {
    const profile = rgbProfile(ADOBE_RGB)
    // Adobe RGB (160, 160, 60) is sRGB (162, 160, 43): Adobe RGB (1998), 4.3, and IEC 61966-2-1.
    const photo = tagJpeg(await plain(width, 30, "rgb(160,160,60)").jpeg(fine).toBuffer(), profile)
    expect(distance(await colourOf(photo), [162, 160, 43])).toBeLessThanOrEqual(6)
  })

  test("from CMYK with a profile", async () => {
    const inks = async (colour: string) =>
      colourOf(plain(80, 80, colour).toColourspace("cmyk").withIccProfile("cmyk").jpeg(fine))
    // A colour that ink has comes through; one that it has not becomes the nearest, not what the numbers would make.
    expect(distance(await inks("#78645a"), [0x78, 0x64, 0x5a])).toBeLessThanOrEqual(14)
    expect(distance(await inks("#ff00ff"), [216, 53, 127])).toBeLessThanOrEqual(6)
  })

  test("from grey, with alpha and without", async () => {
    expect(
      distance(await colourOf(plain(80, 80, "#808080").greyscale().png()), [128, 128, 128]),
    ).toBeLessThanOrEqual(3)
    const half = plain(80, 80, "#000000").ensureAlpha(0.5).greyscale().png()
    expect(distance(await colourOf(half), [128, 128, 128])).toBeLessThanOrEqual(3)
  })

  test.for(["png", "tiff"] as const)("from 16 bits without a profile (%s)", async (format) => {
    const photo = plain(80, 80, "#e04020").toColourspace("rgb16").toFormat(format)
    expect(distance(await colourOf(photo), [0xe0, 0x40, 0x20])).toBeLessThanOrEqual(4)
  })

  test("from 16 bits in Display P3", async () => {
    const photo = await plain(80, 80, "#ff0000").toColourspace("rgb16").withIccProfile("p3").png().toBuffer()
    expect(await sharp(photo).metadata()).toMatchObject({ depth: "ushort", hasProfile: true })
    expect(distance(await colourOf(photo), [255, 0, 0])).toBeLessThanOrEqual(6)
  })

  test("from a profile that makes no sense", async () => {
    const photo = tagJpeg(
      await plain(80, 80, "#4080c0").jpeg(fine).toBuffer(),
      Buffer.from("nonsense".repeat(20)),
    )
    expect(distance(await colourOf(photo), [0x40, 0x80, 0xc0])).toBeLessThanOrEqual(4)
  })
})
