import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buffer } from "node:stream/consumers"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { type BlobStore, BlobTooLarge, openBlobStore } from "./blob-store.ts"

let dir: string
let blobs: BlobStore
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tintype-blobs-"))
  blobs = openBlobStore({ dir })
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const KEY = `originals/1/2/${"cd".repeat(32)}`
const temporary = () => readdirSync(join(dir, "temporary"))

async function* stream(...chunks: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk
    yield Buffer.from(chunk)
  }
}

describe("an upload", () => {
  test("is kept under its key, with its size and hash", async () => {
    const upload = await blobs.receive(stream("hello ", "world"), { maxBytes: 100 })
    expect(upload).toMatchObject({
      size: 11,
      sha256: "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
    })
    expect(Buffer.from(upload.head).toString()).toBe("hello world")
    await upload.keep(KEY)
    await upload.discard()
    expect(readFileSync(join(dir, KEY), "utf8")).toBe("hello world")
    expect(temporary()).toEqual([])
  })

  test("that is too large leaves nothing", async () => {
    await expect(blobs.receive(stream("12345", "6"), { maxBytes: 5 })).rejects.toThrow(BlobTooLarge)
    expect(temporary()).toEqual([])
  })

  test("that breaks off leaves nothing", async () => {
    const cut = new Error("cut off")
    await expect(blobs.receive(stream("12345", cut), { maxBytes: 50 })).rejects.toThrow("cut off")
    expect(temporary()).toEqual([])
  })

  test("that is discarded is gone, and may be discarded again", async () => {
    const upload = await blobs.receive(stream("x"), { maxBytes: 50 })
    await upload.discard()
    await upload.discard()
    expect(temporary()).toEqual([])
  })
})

describe("the store", () => {
  test("publishes a folder as a whole and reads ranges of its files", async () => {
    const folder = await blobs.temporaryFolder()
    writeFileSync(join(folder, "640.jpg"), "0123456789")
    await blobs.publishFolder(folder, "1/2/1")
    const blob = await blobs.open("1/2/1/640.jpg")
    expect(blob?.size).toBe(10)
    if (!blob) throw new Error("not found")
    expect((await buffer(blob.read({ start: 2, end: 4 }))).toString()).toBe("234")
    await blob.close()
    expect(temporary()).toEqual([])
  })

  test("finds nothing where nothing is, and removes it all the same", async () => {
    expect(await blobs.open("1/2/1/640.jpg")).toBeUndefined()
    await blobs.remove("1/2")
  })

  test("removes a photo with all its files", async () => {
    const folder = await blobs.temporaryFolder()
    await blobs.publishFolder(folder, "1/2/1")
    await blobs.remove("1/2")
    expect(readdirSync(join(dir, "1"))).toEqual([])
  })

  test("sweeps what crashed uploads left", async () => {
    await blobs.temporaryFolder()
    expect(await blobs.sweepTemporary(60_000)).toBe(0)
    expect(await blobs.sweepTemporary(-1)).toBe(1)
    expect(temporary()).toEqual([])
  })

  test.for([
    "../etc/passwd",
    "1/2/../../x",
    "/1/2",
    "1//2",
    "1/2/1/../640.jpg",
    "1/2/1/640.jpg/x",
    "originals/1/2/short",
    "temporary/x",
    "",
    "1/2/1/.hidden",
    "1/2/1/a b.jpg",
    "0/2",
  ])("takes no key such as %j", async (key) => {
    await expect(async () => blobs.open(key)).rejects.toThrow("not a blob key")
    await expect(async () => blobs.remove(key)).rejects.toThrow("not a blob key")
  })
})
