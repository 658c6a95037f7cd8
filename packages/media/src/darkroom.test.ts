import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createLogger } from "@tintype/observe"
import sharp, { type Sharp } from "sharp"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type BlobStore, openBlobStore } from "./blob-store.ts"
import { type Darkroom, openDarkroom } from "./darkroom.ts"

let dir: string
let blobs: BlobStore
let darkroom: Darkroom
let count = 0
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "tintype-darkroom-"))
  blobs = openBlobStore({ dir })
  darkroom = openDarkroom({
    blobs,
    concurrency: 2,
    memoryMib: 700,
    seconds: 20,
    log: createLogger("test", "silent"),
  })
})
afterAll(() => {
  darkroom.close()
  rmSync(dir, { recursive: true, force: true })
})

const never = () => new AbortController().signal

async function develop(photo: Uint8Array | Sharp, signal = never()) {
  const number = ++count
  const key = `originals/1/${number}/${"00".repeat(32)}`
  const path = join(dir, key)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, photo instanceof Uint8Array ? photo : await photo.toBuffer())
  const folder = `1/${number}/1`
  const outcome = await darkroom.develop(key, folder, signal)
  const files = outcome.developed ? readdirSync(join(dir, folder)).sort() : []
  return { outcome, files, path: (name: string) => join(dir, folder, name) }
}

const plain = (width: number, height: number, background = "#c03020") =>
  sharp({ create: { width, height, channels: 3, background } })

const pixel = async (path: string, left: number, top: number) => {
  const { data } = await sharp(path)
    .extract({ left, top, width: 1, height: 1 })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return [...data]
}

const near = (actual: number[], expected: number[]) => {
  for (const [index, value] of expected.entries())
    expect(Math.abs((actual[index] ?? -99) - value)).toBeLessThan(12)
}

/** Red above, blue below, stored as a camera held in one of eight ways would. Sharp mirrors before it turns. */
async function turned(orientation: number) {
  const upright = await sharp({ create: { width: 60, height: 40, channels: 3, background: "#0000ff" } })
    .composite([
      { input: { create: { width: 60, height: 20, channels: 3, background: "#ff0000" } }, top: 0, left: 0 },
    ])
    .png()
    .toBuffer()
  const undo: Record<number, (image: Sharp) => Sharp> = {
    1: (image) => image,
    2: (image) => image.flop(),
    3: (image) => image.rotate(180),
    4: (image) => image.flip(),
    5: (image) => image.flop().rotate(270),
    6: (image) => image.rotate(270),
    7: (image) => image.flop().rotate(90),
    8: (image) => image.rotate(90),
  }
  const stored = await (undo[orientation] ?? undo[1])?.(sharp(upright)).png().toBuffer()
  return sharp(stored).jpeg({ quality: 95 }).withMetadata({ orientation })
}

describe("renditions", { timeout: 30_000 }, () => {
  test.for(["jpeg", "png", "webp", "avif", "gif", "tiff"] as const)("come of %s", async (format) => {
    const { outcome, files } = await develop(plain(700, 500).toFormat(format))
    expect(outcome.developed).toMatchObject({ width: 700, height: 500, originalWidth: 700, animated: false })
    expect(files).toEqual(["320.avif", "320.jpg", "640.avif", "640.jpg", "700.avif", "700.jpg"])
  })

  test("are never larger than the photo, and reach 2048", async () => {
    expect((await develop(plain(1, 1).png())).files).toEqual(["1.avif", "1.jpg"])
    const large = await develop(plain(3000, 1000).jpeg())
    expect(large.outcome.developed).toMatchObject({ width: 2048, height: 683, originalWidth: 3000 })
    expect((await sharp(large.path("2048.avif")).metadata()).width).toBe(2048)
    const tall = await develop(plain(100, 9000).png())
    expect(tall.outcome.developed).toMatchObject({ height: 8192 })
  })

  test.for([1, 2, 3, 4, 5, 6, 7, 8])("are upright, whatever the orientation (%i)", async (orientation) => {
    const { outcome, path } = await develop(await turned(orientation))
    expect(outcome.developed).toMatchObject({ width: 60, height: 40, originalWidth: 60, originalHeight: 40 })
    near(await pixel(path("60.jpg"), 30, 5), [254, 0, 0])
    near(await pixel(path("60.jpg"), 30, 35), [0, 0, 254])
  })

  test("have the colours of the profile that the photo came with", async () => {
    const p3 = plain(80, 80, "#c86432").withIccProfile("p3").jpeg({ quality: 95, chromaSubsampling: "4:4:4" })
    near(await pixel((await develop(p3)).path("80.jpg"), 40, 40), [200, 100, 50])
    const cmyk = plain(80, 80, "#4080c0").toColourspace("cmyk").withIccProfile("cmyk").jpeg({ quality: 95 })
    const { path } = await develop(cmyk)
    const [red = 0, green = 0, blue = 0] = await pixel(path("80.jpg"), 40, 40)
    expect(blue).toBeGreaterThan(green)
    expect(green).toBeGreaterThan(red)
  })

  test("keep transparency in AVIF and put JPEG on white", async () => {
    const { path } = await develop(
      sharp({
        create: { width: 50, height: 50, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
      }).png(),
    )
    near(await pixel(path("50.jpg"), 25, 25), [255, 255, 255])
    expect((await sharp(path("50.avif")).metadata()).hasAlpha).toBe(true)
  })

  test("hold nothing of what the camera wrote", async () => {
    const photo = plain(400, 300)
      .withExif({
        IFD0: { Make: "Canary", Artist: "Canary" },
        IFD3: { GPSLatitudeRef: "N", GPSLatitude: "1/1 2/1 3/1" },
      })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><canary/></x:xmpmeta>')
      .withIccProfile("p3")
    for (const format of ["jpeg", "webp", "png"] as const) {
      const { files, path } = await develop(photo.clone().toFormat(format))
      for (const name of files) {
        const { exif, xmp, icc, iptc } = await sharp(path(name)).metadata()
        expect({ exif, xmp, icc, iptc }).toEqual({})
        expect(readFileSync(path(name)).includes("anary")).toBe(false)
      }
    }
  })

  test("of an animation are its first frame, and the animation is kept beside them", async () => {
    const frame = (background: string) => plain(40, 40, background).png().toBuffer()
    const frames = await Promise.all(["#ff0000", "#0000ff", "#00ff00"].map(frame))
    const { outcome, files, path } = await develop(sharp(frames, { join: { animated: true } }).gif())
    expect(outcome.developed?.animated).toBe(true)
    expect(files).toEqual(["40.avif", "40.jpg", "animation.webp"])
    near(await pixel(path("40.jpg"), 20, 20), [254, 0, 0])
    expect((await sharp(path("animation.webp")).metadata()).pages).toBe(3)
  })
})

/** A PNG that claims to be larger than it may be. */
function bombHeader(width: number, height: number): Uint8Array {
  const png = Buffer.from(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082",
    "hex",
  )
  png.writeUInt32BE(width, 16)
  png.writeUInt32BE(height, 20)
  return png
}

describe("a refusal", { timeout: 30_000 }, () => {
  test("of a photo with too many pixels says so", async () => {
    const { outcome } = await develop(await plain(20_000, 6_000).png().toBuffer())
    expect(outcome).toMatchObject({ reason: expect.stringContaining("100 million pixels") })
  })

  test.for<[string, () => Promise<Uint8Array>]>([
    ["a truncated JPEG", async () => (await plain(900, 900).jpeg().toBuffer()).subarray(0, 2000)],
    ["a header without an image", async () => Buffer.from("\xff\xd8\xff\xe0 nothing here", "latin1")],
    ["a PNG that lies about its size", async () => bombHeader(5000, 5000)],
    ["an SVG", async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ["a text", async () => Buffer.from("hello")],
    ["nothing", async () => Buffer.alloc(0)],
  ])("tells the member what is wrong with %s", async ([, make]) => {
    const { outcome } = await develop(await make())
    expect(outcome).toMatchObject({ reason: expect.stringMatching(/damaged|cannot be developed|pixels/) })
  })
})

const childrenOf = (pid: number) =>
  execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(pid)], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("develop-child"))
    .map((line) => Number.parseInt(line, 10))

describe("a child process", { timeout: 30_000 }, () => {
  test("that is killed fails its own photo alone", async () => {
    const slow = plain(9000, 9000).png({ compressionLevel: 1 })
    const bytes = await slow.toBuffer()
    const first = develop(bytes)
    await expect.poll(() => readdirSync(join(dir, "temporary")).length, { interval: 5 }).toBe(1)
    for (const pid of childrenOf(process.pid)) process.kill(pid, "SIGKILL")
    await expect(first).rejects.toThrow("the process ended")
    const next = await develop(plain(50, 50).png())
    expect(next.outcome.developed?.width).toBe(50)
    expect(readdirSync(join(dir, "temporary"))).toEqual([])
  })

  test("ends when its photo is called off", async () => {
    const bytes = await plain(9000, 9000).png({ compressionLevel: 1 }).toBuffer()
    const abort = new AbortController()
    const run = develop(bytes, abort.signal)
    await expect.poll(() => readdirSync(join(dir, "temporary")).length, { interval: 5 }).toBe(1)
    abort.abort(new Error("called off"))
    await expect(run).rejects.toThrow("called off")
  })

  test("that needs more memory than it may is ended, and says nothing of the photo", async () => {
    const tight = openDarkroom({
      blobs,
      concurrency: 1,
      memoryMib: 128,
      seconds: 20,
      log: createLogger("test", "silent"),
    })
    const key = `originals/1/${++count}/${"00".repeat(32)}`
    mkdirSync(dirname(join(dir, key)), { recursive: true })
    // Decoding a progressive JPEG takes all its coefficients at once: 200 MB for this one.
    writeFileSync(join(dir, key), await plain(8000, 8000).jpeg({ progressive: true }).toBuffer())
    await expect(tight.develop(key, `1/${count}/1`, never())).rejects.toThrow(/memory|process ended|failed/)
    tight.close()
  })

  test("gets as many photos at once as it was told and no more", async () => {
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => develop(plain(300, 300).png())))
    expect(outcomes.every(({ outcome }) => outcome.developed)).toBe(true)
    expect(childrenOf(process.pid).length).toBeLessThanOrEqual(2)
  })
})
