import { readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { media, outbox } from "@tintype/db"
import type { Actor, Context } from "@tintype/domain"
import { developPhoto, originalKey, refinePhoto } from "@tintype/domain/media"
import { aMember, aPhoto, test } from "@tintype/domain/testing"
import { type Darkroom, openDarkroom } from "@tintype/media"
import { plain } from "@tintype/media/testing/photos"
import { eq, sql } from "drizzle-orm"
import { afterAll, expect, onTestFinished } from "vitest"
import { startRefiner } from "./refiner.ts"

const never = new AbortController().signal
const JPEGS = ["320.jpg", "400.jpg"]
const ALL = ["320.avif", "320.jpg", "400.avif", "400.jpg"]

let opened: Darkroom | undefined
afterAll(() => opened?.close())

/** The file's one: children take a while to start on a machine at work. */
function darkroomOf({ blobs, log }: Context): Darkroom {
  opened ??= openDarkroom({ blobs, concurrency: 1, memoryMib: 512, seconds: 30, log })
  return opened
}

/** A photo that was uploaded and developed. */
async function develop(ctx: Context, darkroom: Darkroom, { accountId: ownerId }: Actor) {
  const bytes = await plain(400, 300).jpeg().toBuffer()
  const source = (async function* () {
    yield bytes
  })()
  const upload = await ctx.blobs.receive(source, { maxBytes: 1e7 })
  const id = await aPhoto(ctx, { accountId: ownerId, appId: "1" as Actor["appId"] })
  await upload.keep(originalKey(ownerId, id, upload.sha256))
  const row = { state: "queued", readyAttempt: null, originalSha256: upload.sha256 } as const
  await ctx.db.update(media).set(row).where(eq(media.id, id))
  await developPhoto(ctx, darkroom, id, { ownerId, signal: never, complete: async () => undefined })
  const find = async () => {
    const [found] = await ctx.db.select().from(media).where(eq(media.id, id))
    if (!found) throw new Error("it is gone")
    return found
  }
  return { id, ownerId, find, folder: `${ownerId}/${id}/2` }
}

test.beforeEach(async ({ domain: { ctx } }) => {
  await ctx.db.delete(media)
  await ctx.db.delete(outbox)
})

test("a photo is ready with its JPEGs, and its AVIF are added to them once", async ({
  domain: { ctx },
  blobDir,
}) => {
  const darkroom = darkroomOf(ctx)
  const photo = await develop(ctx, darkroom, await aMember(ctx))
  const files = async () => (await readdir(join(blobDir, photo.folder))).toSorted()
  expect(await photo.find()).toMatchObject({ state: "ready", readyAttempt: 2 })
  expect(await files()).toEqual(JPEGS)

  const outcomes = await Promise.all([1, 2, 3].map(() => refinePhoto(ctx, darkroom, never)))
  expect(outcomes.filter(Boolean)).toHaveLength(1)
  expect(await files()).toEqual(ALL)
  expect(await photo.find()).toMatchObject({ state: "ready", readyAttempt: 2, refineAt: null })
  expect(await refinePhoto(ctx, darkroom, never)).toBe(false)
  expect(await readdir(join(blobDir, "temporary"))).toEqual([])
})

test("the photo that became ready last comes first, none while another one waits to be developed", async ({
  domain: { ctx },
}) => {
  const darkroom = darkroomOf(ctx)
  const alice = await aMember(ctx)
  const [first, last] = [await develop(ctx, darkroom, alice), await develop(ctx, darkroom, alice)]
  const waiting = {
    ownerId: alice.accountId,
    id: crypto.randomUUID(),
    name: "media.develop",
    class: "media",
    payload: {},
    dueAt: sql`now() - interval '5 seconds'`,
  } as const
  await ctx.db.insert(outbox).values(waiting)
  expect(await refinePhoto(ctx, darkroom, never)).toBe(false)
  await ctx.db.delete(outbox)
  expect(await refinePhoto(ctx, darkroom, never)).toBe(true)
  expect((await last.find()).refineAt).toBeNull()
  expect((await first.find()).refineAt).not.toBeNull()
})

test("one that fails is tried again later, and later still when it is old", async ({ domain: { ctx } }) => {
  const darkroom = darkroomOf(ctx)
  const photo = await develop(ctx, darkroom, await aMember(ctx))
  const broken = { ...darkroom, refine: () => Promise.reject(new Error("no")) }
  const minutesLeft = async () =>
    ((await photo.find()).refineAt?.getTime() ?? 0) / 60_000 - Date.now() / 60_000
  await expect(refinePhoto(ctx, broken, never)).rejects.toThrow("no")
  expect(await minutesLeft()).toBeCloseTo(4, 0)
  expect(await refinePhoto(ctx, darkroom, never)).toBe(false)

  await ctx.db.update(media).set({ refineAt: sql`now()`, createdAt: sql`now() - interval '1 hour'` })
  await expect(refinePhoto(ctx, broken, never)).rejects.toThrow("no")
  expect(await minutesLeft()).toBeCloseTo(60, 0)
})

test("of one that was removed meanwhile nothing is left", async ({ domain: { ctx }, blobDir }) => {
  const darkroom = darkroomOf(ctx)
  const photo = await develop(ctx, darkroom, await aMember(ctx))
  await rm(join(blobDir, photo.ownerId, photo.id), { recursive: true })
  expect(await refinePhoto(ctx, darkroom, never)).toBe(true)
  expect(await readdir(join(blobDir, photo.ownerId))).toEqual([])
  expect(await readdir(join(blobDir, "temporary"))).toEqual([])
})

test("a worker refines when the machine has time, without being asked for each", async ({
  domain: { ctx },
}) => {
  const darkroom = darkroomOf(ctx)
  const alice = await aMember(ctx)
  let looks = 0
  let isQuiet = false
  const refiner = startRefiner(ctx, darkroom, () => {
    looks++
    return isQuiet
  })
  onTestFinished(() => refiner.close())
  const photos = [await develop(ctx, darkroom, alice), await develop(ctx, darkroom, alice)]
  refiner.hurry()
  const seen = looks
  await expect.poll(() => looks, { timeout: 20_000 }).toBeGreaterThan(seen + 1)
  for (const { find } of photos) expect((await find()).refineAt).not.toBeNull()

  isQuiet = true
  for (const { find } of photos) {
    await expect.poll(async () => (await find()).refineAt, { timeout: 20_000 }).toBeNull()
  }
  const third = await develop(ctx, darkroom, alice)
  refiner.hurry()
  await expect.poll(async () => (await third.find()).refineAt, { timeout: 20_000 }).toBeNull()
})
