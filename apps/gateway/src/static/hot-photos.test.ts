import { expect, test } from "vitest"
import { HotPhotos } from "./hot-photos.ts"

const KIB = 1024

function photo(size: number, stamp = "1", content = 7) {
  return {
    size,
    stamp,
    whole: async () => Buffer.alloc(size, content),
    read: () => {
      throw new Error("not streamed")
    },
    close: async () => {},
  }
}

test("a photo is had from memory as long as its file is the one that was read", async () => {
  const hot = new HotPhotos(100 * KIB)
  const read = await hot.read("a", photo(KIB))
  read?.giveBack()

  expect(hot.borrow("a", "1")?.bytes).toEqual(Buffer.alloc(KIB, 7))
  expect(hot.borrow("a", "2")).toBeUndefined()
  expect(hot.borrow("a", "1")).toBeUndefined()
})

test("the one that was not asked for longest makes room", async () => {
  const hot = new HotPhotos(3 * KIB)
  for (const key of ["a", "b", "c"]) (await hot.read(key, photo(KIB)))?.giveBack()
  hot.borrow("a", "1")?.giveBack()

  ;(await hot.read("d", photo(KIB)))?.giveBack()

  expect(["a", "b", "c", "d"].map((key) => hot.borrow(key, "1") !== undefined)).toEqual([
    true,
    false,
    true,
    true,
  ])
  expect(hot.bytes).toBe(3 * KIB)
})

test("those that somebody reads count, also when they cannot be found any more, until they are read", async () => {
  const hot = new HotPhotos(2 * KIB)
  const first = await hot.read("a", photo(KIB))
  const second = await hot.read("a", photo(KIB, "2"))
  expect(hot.bytes).toBe(2 * KIB)
  expect(await hot.read("b", photo(KIB))).toBeUndefined()

  first?.giveBack()
  expect(hot.bytes).toBe(KIB)
  expect(await hot.read("b", photo(KIB))).toBeDefined()
  second?.giveBack()
  expect(hot.bytes).toBe(2 * KIB)
})

test("large ones are not held, none beyond the bound, nothing of those that cannot be read", async () => {
  const hot = new HotPhotos(8 * KIB * KIB)
  expect(await hot.read("a", photo(KIB * KIB + 1))).toBeUndefined()
  expect(await new HotPhotos(0).read("a", photo(1))).toBeUndefined()
  const broken = { ...photo(KIB), whole: () => Promise.reject(new Error("shorter")) }
  await expect(hot.read("a", broken)).rejects.toThrow("shorter")
  expect(hot.bytes).toBe(0)
})
