import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buffer } from "node:stream/consumers"
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest"
import { type BlobStore, BlobTooLarge, openBlobStore, StorageFull } from "./blob-store.ts"

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

  test("that stands still is given up when it is told to, and leaves nothing", async () => {
    const abort = new AbortController()
    let closed = false
    const standing: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: async () => {
          closed = true
          return { done: true, value: undefined }
        },
      }),
    }
    const run = blobs.receive(standing, { maxBytes: 50, signal: abort.signal })
    await expect.poll(temporary).toHaveLength(1)
    abort.abort(new Error("took too long"))
    await expect(run).rejects.toThrow("took too long")
    expect(temporary()).toEqual([])
    expect(closed).toBe(true)
  })

  test("is the same with a signal that says nothing", async () => {
    const { signal } = new AbortController()
    const upload = await blobs.receive(stream("a", "", "b"), { maxBytes: 2, signal })
    expect(upload.size).toBe(2)
    await upload.keep(KEY)
    expect(readFileSync(join(dir, KEY), "utf8")).toBe("ab")
  })

  test("may come twice under one key", async () => {
    for (let time = 0; time < 2; time++)
      await (await blobs.receive(stream("same"), { maxBytes: 50 })).keep(KEY)
    expect(readFileSync(join(dir, KEY), "utf8")).toBe("same")
    expect(temporary()).toEqual([])
  })

  test("is nobody else's to read", async () => {
    await (await blobs.receive(stream("x"), { maxBytes: 50 })).keep(KEY)
    expect(statSync(join(dir, KEY)).mode & 0o777).toBe(0o600)
    for (const folder of ["originals", "originals/1", "originals/1/2", "temporary"]) {
      expect(statSync(join(dir, folder)).mode & 0o777).toBe(0o700)
    }
  })

  test("has a head of its first bytes, however they came", async () => {
    const bytes = Array.from({ length: 5000 }, (_, at) => String.fromCharCode(97 + (at % 26)))
    const { head, size } = await blobs.receive(stream(...bytes), { maxBytes: 5000 })
    expect(size).toBe(5000)
    expect(Buffer.from(head).toString()).toBe(bytes.slice(0, 4096).join(""))
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

  test("publishes a folder once: what is there already stays", async () => {
    for (const content of ["first", "second"]) {
      const folder = await blobs.temporaryFolder()
      writeFileSync(join(folder, "640.jpg"), content)
      await blobs.publishFolder(folder, "1/2/1")
    }
    expect(readFileSync(join(dir, "1/2/1/640.jpg"), "utf8")).toBe("first")
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

  test("withdraws everything of an owner at once and erases it, and nothing of others", async () => {
    const keys = [KEY, "1/2/1/640.jpg", "exports/1/7/1/archive.zip", "12/2/1/640.jpg"]
    for (const key of keys) await (await blobs.receive(stream("x"), { maxBytes: 50 })).keep(key)
    const there = () => keys.filter((key) => blobs.stamp(key) !== undefined)
    await blobs.withdraw("1")
    expect(there()).toEqual(["12/2/1/640.jpg"])
    expect(temporary()).toHaveLength(3)
    for (const key of keys.slice(0, 1))
      await (await blobs.receive(stream("late"), { maxBytes: 50 })).keep(key)
    for (let time = 0; time < 2; time++) {
      await blobs.eraseOwner("1")
      expect([there(), temporary()]).toEqual([["12/2/1/640.jpg"], []])
    }
    await expect(async () => blobs.withdraw("../1")).rejects.toThrow("not the id of an owner")
  })

  test("gives a folder a second key, under which its files stay when the first one is removed", async () => {
    await (await blobs.receive(stream("a photo"), { maxBytes: 50 })).keep("1/2/1/640.jpg")
    for (let time = 0; time < 2; time++) await blobs.alsoUnder("1/2/1", "1/2/2")
    await blobs.remove("1/2/1")
    expect(readFileSync(join(dir, "1/2/2/640.jpg"), "utf8")).toBe("a photo")
    await blobs.alsoUnder("1/2/1", "1/2/3")
    expect([readdirSync(join(dir, "1/2")), temporary()]).toEqual([["2"], []])
  })

  test("sweeps what crashed processes left, and nothing newer", async () => {
    expect(await blobs.sweepTemporary(0)).toBe(0)
    const old = await blobs.temporaryFolder()
    writeFileSync(join(old, "640.jpg"), "x")
    const anHourAgo = new Date(Date.now() - 3_600_000)
    utimesSync(old, anHourAgo, anHourAgo)
    const upload = await blobs.receive(stream("x"), { maxBytes: 50 })
    expect(await blobs.sweepTemporary(60_000)).toBe(1)
    expect(temporary()).toHaveLength(1)
    await upload.keep(KEY)
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

/** A disk of 256 KiB, where the system lets us make one. */
function smallDisk(): string | undefined {
  const mounted = mkdtempSync(join(tmpdir(), "tintype-disk-"))
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", mounted], { stdio: "ignore" })
    return mounted
  } catch {
    rmSync(mounted, { recursive: true })
    return undefined
  }
}

describe("a full disk", () => {
  const disk = smallDisk()
  afterAll(() => {
    if (!disk) return
    execFileSync("umount", [disk])
    rmSync(disk, { recursive: true })
  })

  test.skipIf(!disk)("is told by name, keeps nothing, and is well again when there is room", async () => {
    const store = openBlobStore({ dir: disk ?? "" })
    const large = stream("x".repeat(100_000), "y".repeat(100_000), "z".repeat(100_000))
    await expect(store.receive(large, { maxBytes: 1_000_000 })).rejects.toThrow(StorageFull)
    expect(readdirSync(join(disk ?? "", "temporary"))).toEqual([])
    const upload = await store.receive(stream("x".repeat(100_000)), { maxBytes: 1_000_000 })
    await upload.keep(KEY)
    expect(statSync(store.pathOf(KEY)).size).toBe(100_000)
  })
})
