import { readdir, rm, stat, truncate } from "node:fs/promises"
import { join } from "node:path"
import { accounts, type MediaId, media, outbox } from "@tintype/db"
import type { Actor, Context } from "@tintype/domain"
import { reconcileCounts } from "@tintype/domain/accounts"
import {
  checkRenditions,
  originalKey,
  refinePhoto,
  repairRenditions,
  sweepPortraits,
} from "@tintype/domain/media"
import { createPost } from "@tintype/domain/posts"
import { followAccount } from "@tintype/domain/relationships"
import { aDraft, aMember, aPhoto, aPost, test } from "@tintype/domain/testing"
import { type Darkroom, openDarkroom } from "@tintype/media"
import { plain } from "@tintype/media/testing/photos"
import { eq, sql } from "drizzle-orm"
import { afterAll, expect } from "vitest"

const never = new AbortController().signal

let opened: Darkroom | undefined
afterAll(() => opened?.close())

/** A photo that was developed for good. */
async function developed(ctx: Context, owner: Actor) {
  opened ??= openDarkroom({ blobs: ctx.blobs, concurrency: 1, memoryMib: 512, seconds: 30, log: ctx.log })
  const darkroom = opened
  const bytes = await plain(700, 400).jpeg().toBuffer()
  const source = (async function* () {
    yield bytes
  })()
  const upload = await ctx.blobs.receive(source, { maxBytes: 1e7 })
  const id = await aPhoto(ctx, owner)
  const key = originalKey(owner.accountId, id, upload.sha256)
  await upload.keep(key)
  const folder = `${owner.accountId}/${id}/1`
  const { developed: done } = await darkroom.develop(key, folder, never)
  if (!done) throw new Error("not developed")
  await darkroom.refine(key, folder, never)
  const { width, height, animated } = done
  const row = { originalSha256: upload.sha256, width, height, animated }
  await ctx.db.update(media).set(row).where(eq(media.id, id))
  return { id, folder, darkroom }
}

test("renditions that are lost or empty are made anew from the original, under their links", async ({
  domain: { ctx },
  blobDir,
}) => {
  await ctx.db.delete(media)
  const alice = await aMember(ctx)
  const [whole, lost, empty, coarse] = [
    await developed(ctx, alice),
    await developed(ctx, alice),
    await developed(ctx, alice),
    await developed(ctx, alice),
  ]
  const names = (await readdir(join(blobDir, whole.folder))).toSorted()
  await rm(join(blobDir, lost.folder), { recursive: true })
  await truncate(join(blobDir, empty.folder, "640.jpg"), 0)
  await rm(join(blobDir, coarse.folder, "640.avif"))
  expect(await checkRenditions(ctx, never)).toBe(3)
  const jobs = await ctx.db.select().from(outbox).where(eq(outbox.name, "media.repair"))
  const wanted = [lost, empty].map(({ id }) => ({ mediaId: id }))
  expect(jobs.map(({ payload }) => payload)).toEqual(expect.arrayContaining(wanted))
  expect(jobs).toHaveLength(2)
  // As if a worker had taken them: while developing waits, nothing is refined.
  await ctx.db.delete(outbox).where(eq(outbox.name, "media.repair"))
  for (const { id, darkroom } of [whole, lost, empty, coarse]) {
    await repairRenditions(ctx, darkroom, alice.accountId, id, never)
  }
  expect(await checkRenditions(ctx, never)).toBe(0)
  while (await refinePhoto(ctx, coarse.darkroom, never));
  for (const { folder } of [lost, empty, coarse]) {
    expect((await readdir(join(blobDir, folder))).toSorted()).toEqual(names)
    expect((await stat(join(blobDir, folder, "640.jpg"))).size).toBeGreaterThan(0)
  }
  expect(await checkRenditions(ctx, never)).toBe(0)
})

test("avatars that failed or were replaced go, those that are shown stay", async ({ domain: { ctx } }) => {
  await ctx.db.delete(media)
  const alice = await aMember(ctx)
  const make = async (purpose: "avatar" | "header", state: "ready" | "failed" | "processing") => {
    const id = await aPhoto(ctx, alice)
    const createdAt = sql`now() - interval '3 days'`
    await ctx.db.update(media).set({ purpose, state, createdAt }).where(eq(media.id, id))
    return id
  }
  const old = [await make("avatar", "ready"), await make("header", "failed")]
  const stay = [await make("avatar", "ready"), await make("header", "processing"), await aPhoto(ctx, alice)]
  const avatar = { mediaId: stay[0] ?? old[0], attempt: 1, width: 640 }
  await ctx.db
    .update(accounts)
    .set({ avatar: avatar as { mediaId: MediaId; attempt: number; width: number } })
    .where(eq(accounts.id, alice.accountId))
  expect(await sweepPortraits(ctx, never)).toBe(2)
  const left = await ctx.db.select({ id: media.id }).from(media)
  expect(left.map(({ id }) => id).toSorted()).toEqual(stay.toSorted())
  const [job] = await ctx.db.select().from(outbox).where(eq(outbox.name, "media.erase"))
  expect(Object(job?.payload).mediaIds.toSorted()).toEqual(old.toSorted())
})

test("counts of posts and of accounts followed are set right while members go on", async ({
  domain: { ctx },
}) => {
  const [alice, bob] = [await aMember(ctx), await aMember(ctx)]
  await aPost(ctx, alice)
  await followAccount(ctx, alice, bob.accountId)
  expect(await reconcileCounts(ctx, never)).toBe(0)
  const wrong = { statusesCount: 40, followingCount: 0 }
  await ctx.db.update(accounts).set(wrong).where(eq(accounts.id, alice.accountId))
  const posting = Array.from({ length: 5 }, async () =>
    createPost(ctx, alice, aDraft([await aPhoto(ctx, alice)])),
  )
  const [found] = await Promise.all([reconcileCounts(ctx, never), ...posting])
  expect(found).toBe(1)
  const [row] = await ctx.db.select().from(accounts).where(eq(accounts.id, alice.accountId))
  expect(row).toMatchObject({ statusesCount: 6, followingCount: 1 })
  expect(await reconcileCounts(ctx, never)).toBe(0)
})
