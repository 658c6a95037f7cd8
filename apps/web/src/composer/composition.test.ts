import { expect, test } from "vitest"
import { type Change, compose, type DraftPhoto, lengthOf, obstacle, startable } from "./composition.ts"

const picked = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: index + 1, name: `${index}.jpg`, preview: "blob:x" }))

const after = (...changes: Change[]) => changes.reduce<DraftPhoto[]>(compose, [])
const add = (count: number): Change => ({ kind: "add", photos: picked(count) })
const stage = (key: number, to: DraftPhoto["stage"]): Change => ({ kind: "stage", key, stage: to })
const uploading = (key: number, percent = 0) => stage(key, { kind: "uploading", percent })
const ready = (key: number) => stage(key, { kind: "ready", mediaId: `${key}0` })
const failed = (key: number) => stage(key, { kind: "failed", reason: "No answer.", again: true })
const keys = (photos: DraftPhoto[]) => photos.map((photo) => photo.key)

test("a post holds ten photos", () => {
  expect(keys(after(add(12)))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

test("three uploads run at once, and the next begins when one is over", () => {
  expect(keys(startable(after(add(5))))).toEqual([1, 2, 3])
  expect(keys(startable(after(add(5), uploading(1), uploading(2), uploading(3))))).toEqual([])
  expect(keys(startable(after(add(5), uploading(1), uploading(2), uploading(3), failed(2))))).toEqual([4])
})

test("a late report about a photo that is ready or removed changes nothing", () => {
  const photos = after(add(2), uploading(1), ready(1))
  expect(compose(photos, uploading(1, 50))).toEqual(photos)
  expect(compose(photos, failed(1))).toEqual(photos)
  expect(compose(after(add(1), { kind: "remove", key: 1 }), uploading(1))).toEqual([])
})

test("a failed photo may wait again", () => {
  const photos = after(add(1), uploading(1), failed(1), stage(1, { kind: "waiting" }))
  expect(keys(startable(photos))).toEqual([1])
})

test("photos change places, but not past the ends", () => {
  const photos = after(add(3))
  expect(keys(compose(photos, { kind: "move", key: 3, by: -1 }))).toEqual([1, 3, 2])
  expect(keys(compose(photos, { kind: "move", key: 3, by: 1 }))).toEqual([1, 2, 3])
  expect(keys(compose(photos, { kind: "move", key: 1, by: -1 }))).toEqual([1, 2, 3])
})

test("a post waits for photos, for all of them, and for a caption that fits", () => {
  expect(obstacle([], 0)).toMatch(/at least one/)
  expect(obstacle(after(add(2), uploading(1), ready(1)), 0)).toMatch(/One photograph/)
  expect(obstacle(after(add(1), uploading(1), failed(1)), 0)).toMatch(/failed/)
  const done = after(add(1), uploading(1), ready(1))
  expect(obstacle(done, 5001)).toMatch(/too long/)
  expect(obstacle(done, 5000)).toBeUndefined()
})

test("a caption's length is counted in characters, not in code units", () => {
  expect(lengthOf("🎷é")).toBe(2)
})
