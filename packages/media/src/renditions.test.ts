import { readFileSync } from "node:fs"
import { decode } from "blurhash"
import sharp, { type Sharp } from "sharp"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openTestDarkroom, pixelOf } from "./testing/open-test-darkroom.ts"
import { CORNERS, noise, plain, turned } from "./testing/photos.ts"

let darkroom: ReturnType<typeof openTestDarkroom>
beforeAll(() => {
  darkroom = openTestDarkroom({ refines: true })
})
afterAll(() => darkroom.close())

const near = (actual: readonly number[], expected: readonly number[], within = 8) => {
  expect(actual.length).toBe(expected.length)
  const farthest = Math.max(...expected.map((value, at) => Math.abs((actual[at] ?? 0) - value)))
  expect(farthest, `${actual} is not near ${expected}`).toBeLessThanOrEqual(within)
}

describe("renditions", { timeout: 30_000 }, () => {
  test.for(["jpeg", "png", "webp", "avif", "gif", "tiff"] as const)("come of %s", async (format) => {
    const { outcome, files, path } = await darkroom.develop(plain(700, 500).toFormat(format))
    expect(outcome.developed).toMatchObject({ width: 700, height: 500, originalWidth: 700, animated: false })
    expect(files).toEqual(["320.avif", "320.jpg", "640.avif", "640.jpg", "700.avif", "700.jpg"])
    for (const name of files) near(await pixelOf(path(name), 100, 100), [192, 48, 32])
  })

  test("have the width that their name tells", async () => {
    const { files, path } = await darkroom.develop(plain(1500, 300).jpeg())
    expect(files.map((name) => Number.parseInt(name, 10))).toEqual([
      1080, 1080, 1500, 1500, 320, 320, 640, 640,
    ])
    for (const name of files)
      expect((await sharp(path(name)).metadata()).width).toBe(Number.parseInt(name, 10))
  })

  test("of a photo of one pixel are of one pixel", async () => {
    expect((await darkroom.develop(plain(1, 1).png())).files).toEqual(["1.avif", "1.jpg"])
  })

  test.for([
    ["a wide panorama", 12_000, 400, 2048, 68],
    ["a line", 9000, 1, 2048, 1],
    ["a tall strip", 400, 12_000, 273, 8192],
    ["a nominal width", 2048, 1000, 2048, 1000],
  ] as const)("of %s fit and keep its shape", async ([, width, height, developedWidth, developedHeight]) => {
    const { outcome, files } = await darkroom.develop(plain(width, height).png())
    expect(outcome.developed).toMatchObject({
      width: developedWidth,
      height: developedHeight,
      originalWidth: width,
      originalHeight: height,
    })
    expect(files).toContain(`${developedWidth}.jpg`)
  })

  test.for([1, 2, 3, 4, 5, 6, 7, 8])("stand upright, whatever the orientation (%i)", async (orientation) => {
    const { outcome, path } = await darkroom.develop(await turned(orientation))
    expect(outcome.developed).toMatchObject({ width: 64, height: 32, originalWidth: 64, originalHeight: 32 })
    for (const name of ["64.jpg", "64.avif"]) {
      near(await pixelOf(path(name), 4, 4), CORNERS.topLeft, 20)
      near(await pixelOf(path(name), 60, 4), CORNERS.topRight, 20)
      near(await pixelOf(path(name), 4, 28), CORNERS.bottomLeft, 20)
      near(await pixelOf(path(name), 60, 28), CORNERS.bottomRight, 20)
    }
  })

  test("keep transparency in AVIF and put JPEG on white", async () => {
    const background = { r: 0, g: 0, b: 0, alpha: 0 }
    const clear = sharp({ create: { width: 50, height: 50, channels: 4, background } })
    for (const format of ["png", "webp", "gif", "avif"] as const) {
      const { path } = await darkroom.develop(clear.clone().toFormat(format))
      near(await pixelOf(path("50.jpg"), 25, 25), [255, 255, 255])
      const [, , , alpha] = await pixelOf(path("50.avif"), 25, 25)
      expect(alpha).toBeLessThan(8)
    }
  })

  test("drop an alpha channel that hides nothing", async () => {
    const { path } = await darkroom.develop(plain(50, 50).ensureAlpha(1).png())
    expect((await sharp(path("50.avif")).metadata()).hasAlpha).toBe(false)
  })

  test("of an animation are its first frame, and the animation is kept beside them", async () => {
    const frames = await Promise.all(
      ["#ff0000", "#0000ff", "#00ff00"].map((colour) => plain(40, 40, colour).png().toBuffer()),
    )
    for (const format of ["gif", "webp"] as const) {
      const moving = sharp(frames, { join: { animated: true } }).toFormat(format, {
        delay: [100, 200, 300],
        loop: 2,
      })
      const { outcome, files, path } = await darkroom.develop(moving)
      expect(outcome.developed).toMatchObject({ animated: true, width: 40, height: 40, originalHeight: 40 })
      expect(files).toEqual(["40.avif", "40.jpg", "animation.webp"])
      near(await pixelOf(path("40.jpg"), 20, 20), [254, 0, 0])
      const { pages, delay, loop } = await sharp(path("animation.webp")).metadata()
      expect({ pages, delay, loop }).toEqual({ pages: 3, delay: [100, 200, 300], loop: 2 })
    }
  })

  test("of a very long animation end early", async () => {
    const frames = await Promise.all(
      Array.from({ length: 320 }, (_, at) =>
        plain(8, 8, at % 2 ? "#ff0000" : "#0000ff")
          .png()
          .toBuffer(),
      ),
    )
    const { path } = await darkroom.develop(sharp(frames, { join: { animated: true } }).gif())
    expect((await sharp(path("animation.webp")).metadata()).pages).toBe(300)
  })

  test("come with a blurhash that paints the photo's colours", async () => {
    const left = await plain(150, 200, "#ff0000").png().toBuffer()
    const photo = plain(300, 200, "#0000ff").composite([{ input: left, left: 0, top: 0 }])
    const { outcome } = await darkroom.develop(photo.png())
    const painted = decode(outcome.developed?.blurhash ?? "", 8, 1)
    const [leftRed = 0, , leftBlue = 0] = painted
    const [rightRed = 0, , rightBlue = 0] = painted.subarray(7 * 4)
    expect(leftRed - leftBlue).toBeGreaterThan(100)
    expect(rightBlue - rightRed).toBeGreaterThan(100)
  })

  test("are the same for the same photo", async () => {
    const photo = await noise(500, 300).png().toBuffer()
    const [one, two] = [await darkroom.develop(photo), await darkroom.develop(photo)]
    for (const name of one.files) {
      expect(readFileSync(one.path(name)).equals(readFileSync(two.path(name)))).toBe(true)
    }
  })
})

/** What must not stand in anything served: names of blocks, and what a camera wrote into them. */
const TRACES = [
  "Exif\0",
  "anary",
  "http://ns.adobe.com",
  "xmpmeta",
  "ICC_PROFILE",
  "Photoshop",
  "mntrRGB",
  "urn:iso:std:iso:ts:21496",
]

describe("nothing of what the camera wrote", { timeout: 30_000 }, () => {
  const written = (photo: Sharp) =>
    photo
      .withExif({
        IFD0: { Make: "Canary", Artist: "Canary", ImageDescription: "Canary" },
        IFD2: { UserComment: "Canary", BodySerialNumber: "Canary" },
        IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 30/1 3230/100" },
      })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><canary/></x:xmpmeta>')
      .withIccProfile("p3")

  test.for(["jpeg", "png", "webp", "avif", "tiff"] as const)("stands in renditions of %s", async (format) => {
    const photo = await written(plain(400, 300)).toFormat(format).toBuffer()
    expect(photo.includes("anary")).toBe(true)
    const { files, path } = await darkroom.develop(photo)
    expect(files.length).toBe(4)
    for (const name of files) {
      const { exif, xmp, icc, iptc, comments } = await sharp(path(name)).metadata()
      expect({ exif, xmp, icc, iptc, comments }).toEqual({})
      const bytes = readFileSync(path(name))
      expect(TRACES.filter((trace) => bytes.includes(trace))).toEqual([])
    }
  })

  test("stands in an animation", async () => {
    const frames = await Promise.all(
      ["#ff0000", "#0000ff"].map((colour) => plain(40, 40, colour).png().toBuffer()),
    )
    const { path } = await darkroom.develop(written(sharp(frames, { join: { animated: true } })).webp())
    const bytes = readFileSync(path("animation.webp"))
    expect(TRACES.filter((trace) => bytes.includes(trace))).toEqual([])
  })
})
