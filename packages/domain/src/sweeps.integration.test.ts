import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Readable } from "node:stream"
import {
  accessTokens,
  accounts,
  authorizationCodes,
  counterDeltas,
  idempotencyKeys,
  media,
  outbox,
  parseId,
  posts,
  replyDeltas,
} from "@tintype/db"
import type { Darkroom } from "@tintype/media"
import { eq, inArray, sql } from "drizzle-orm"
import { expect } from "vitest"
import { sweepGrants } from "./auth/index.ts"
import type { Context } from "./context.ts"
import { developPhoto, sweepOrphans, sweepUploads } from "./media/index.ts"
import {
  favouritePost,
  foldFavourites,
  foldReplies,
  getPost,
  reconcileFavourites,
  reconcileReplies,
  sweepKeys,
} from "./posts/index.ts"
import { foldFollowers, followAccount, reconcileFollowers } from "./relationships/index.ts"
import { test } from "./testing/domain-test.ts"
import { aComment, aMember, aPhoto, aPost, countsOf } from "./testing/members.ts"

const open = new AbortController().signal
const aged = (days: number) => sql`now() - ${days}::int * interval '1 day'`

test("uploads that were never posted go, with a job for their files; posted and young ones stay", async ({
  domain: { ctx },
}) => {
  const [author, other] = [await aMember(ctx), await aMember(ctx)]
  const old = [await aPhoto(ctx, author), await aPhoto(ctx, author), await aPhoto(ctx, other)]
  const young = await aPhoto(ctx, author)
  await aPost(ctx, author)
  await ctx.db
    .update(media)
    .set({ createdAt: aged(2) })
    .where(sql`${media.id} <> ${young}::bigint`)
  expect(await sweepUploads(ctx, open)).toBe(3)
  expect(await sweepUploads(ctx, open)).toBe(0)
  expect(await ctx.db.$count(media, inArray(media.id, old))).toBe(0)
  expect(await ctx.db.$count(media, eq(media.ownerId, author.accountId))).toBe(2)
  const jobs = await ctx.db
    .select({ payload: outbox.payload })
    .from(outbox)
    .where(eq(outbox.name, "media.erase"))
  const named = jobs.flatMap(({ payload }) => Object.values(Object(payload)).flat())
  expect(named.sort()).toEqual(old.toSorted())
})

/** A file under a key, put there as a process does that dies right after it. */
async function leave(ctx: Context, key: string): Promise<void> {
  if (key.startsWith("originals/")) {
    const upload = await ctx.blobs.receive(Readable.from([Buffer.from("x")]), { maxBytes: 1 })
    return upload.keep(key)
  }
  const folder = await ctx.blobs.temporaryFolder()
  await writeFile(join(folder, "640.jpg"), "x")
  await ctx.blobs.publishFolder(folder, key)
}

async function keysStored(ctx: Context): Promise<string[]> {
  const keys: string[] = []
  for await (const { key, sets } of ctx.blobs.photos()) keys.push(key, ...sets.map((set) => set.key))
  return keys.sort()
}

test("files that no row points to go, once they are old; what a photo shows or is being made for stays", async ({
  domain: { ctx },
}) => {
  const author = await aMember(ctx)
  const { accountId: owner } = author
  const [ready, busy, failed] = [
    await aPhoto(ctx, author),
    await aPhoto(ctx, author),
    await aPhoto(ctx, author),
  ]
  await ctx.db.update(media).set({ state: "processing" }).where(eq(media.id, busy))
  await ctx.db.update(media).set({ state: "failed", readyAttempt: null }).where(eq(media.id, failed))
  const hash = "0".repeat(64)
  const kept = [`originals/${owner}/${ready}/${hash}`, `${owner}/${ready}/1`, `${owner}/${busy}/2`]
  const lost = [
    `originals/${owner}/77/${hash}`,
    `${owner}/78/1`,
    `${owner}/${ready}/2`,
    `${owner}/${failed}/3`,
    `9/${ready}/1`,
  ]
  for (const key of [...kept, ...lost]) await leave(ctx, key)
  const before = await keysStored(ctx)
  expect(await sweepOrphans(ctx, open, 60_000)).toBe(0)
  expect(await keysStored(ctx)).toEqual(before)
  const later = { ...ctx, now: () => new Date(Date.now() + 120_000) }
  expect(await sweepOrphans(later, open, 60_000)).toBe(lost.length)
  expect(await keysStored(ctx)).toEqual(
    [
      `originals/${owner}/${ready}`,
      ...kept.slice(1),
      ...[ready, busy, failed].map((id) => `${owner}/${id}`),
    ].sort(),
  )
  expect(await sweepOrphans(later, open, 60_000)).toBe(0)
})

test("a photo that was developed has one set, though an attempt before died with its own published", async ({
  domain: { ctx },
}) => {
  const author = await aMember(ctx)
  const { accountId: ownerId } = author
  const id = await aPhoto(ctx, author)
  await ctx.db.update(media).set({ state: "processing", attempt: 2 }).where(eq(media.id, id))
  for (const attempt of [1, 2]) await leave(ctx, `${ownerId}/${id}/${attempt}`)
  const developed = {
    width: 640,
    height: 480,
    originalWidth: 640,
    originalHeight: 480,
    blurhash: "x",
    sharpMs: 0,
    cpuMs: 0,
    animated: false,
  }
  const darkroom: Darkroom = {
    develop: async (_original, folder) => leave(ctx, folder).then(() => ({ developed })),
    refine: async () => true,
    widen: () => undefined,
    close: () => undefined,
  }
  await developPhoto(ctx, darkroom, id, { ownerId, signal: open, complete: async () => undefined })
  const keys = await keysStored(ctx)
  expect(keys.filter((key) => key.startsWith(`${ownerId}/${id}/`))).toEqual([`${ownerId}/${id}/3`])
})

test("codes, tokens and keys that are good for nothing go, others stay", async ({ domain: { ctx } }) => {
  const author = await aMember(ctx)
  const appId = parseId<"app">("1")
  if (!appId) throw new Error("no app")
  const grant = { appId, accountId: author.accountId, scopes: ["read"] }
  const codes = [2, 0].map((days) => ({
    ...grant,
    codeHash: `code ${days}`,
    redirectUri: "x",
    expiresAt: aged(days),
  }))
  for (const code of codes) await ctx.db.insert(authorizationCodes).values(code)
  const tokens = [
    { tokenHash: "expired", expiresAt: aged(31) },
    { tokenHash: "just expired", expiresAt: aged(1) },
    { tokenHash: "long revoked", revoked: true, createdAt: aged(400) },
    { tokenHash: "revoked", revoked: true, createdAt: aged(1) },
    { tokenHash: "old and good", createdAt: aged(400) },
  ]
  for (const token of tokens) await ctx.db.insert(accessTokens).values({ ...grant, ...token })
  const key = { accountId: author.accountId, requestHash: "x", postId: sql`1::bigint` }
  for (const [name, days] of [
    ["old", 1],
    ["new", 0],
  ] as const) {
    await ctx.db.insert(idempotencyKeys).values({ ...key, key: name, createdAt: aged(days) })
  }
  expect(await sweepGrants(ctx, open)).toBe(3)
  expect(await sweepKeys(ctx, open)).toBe(1)
  const left = await ctx.db.select({ hash: accessTokens.tokenHash }).from(accessTokens)
  expect(left.map(({ hash }) => hash).sort()).toEqual(["just expired", "old and good", "revoked"])
})

test("counts that are wrong are set right, while members go on liking, commenting and following", async ({
  domain: { ctx },
}) => {
  const author = await aMember(ctx)
  const id = await aPost(ctx, author)
  const fans = await Promise.all(Array.from({ length: 6 }, () => aMember(ctx)))
  const engage = async (fan: (typeof fans)[number]) => {
    await favouritePost(ctx, fan, id)
    await followAccount(ctx, fan, author.accountId)
    await aComment(ctx, fan, id)
  }
  await Promise.all(fans.slice(0, 2).map(engage))
  await ctx.db.update(posts).set({ favouritesCount: 40, repliesCount: 30 }).where(eq(posts.id, id))
  await ctx.db.update(accounts).set({ followersCount: 50 }).where(eq(accounts.id, author.accountId))
  const [likes, follows, replies] = await Promise.all([
    reconcileFavourites(ctx, open),
    reconcileFollowers(ctx, open),
    reconcileReplies(ctx, open),
    ...fans.slice(2).map(engage),
    foldFavourites(ctx, author.accountId, id),
    foldFollowers(ctx, author.accountId),
    foldReplies(ctx, author.accountId, id),
  ])
  expect([likes, follows, replies]).toEqual([1, 1, 1])
  await foldFavourites(ctx, author.accountId, id)
  await foldFollowers(ctx, author.accountId)
  await foldReplies(ctx, author.accountId, id)
  expect(await getPost(ctx, null, id)).toMatchObject({ favourites_count: 6, replies_count: 6 })
  expect((await countsOf(ctx, author.accountId))?.followers).toBe(6)
  expect([await ctx.db.$count(counterDeltas), await ctx.db.$count(replyDeltas)]).toEqual([0, 0])
  expect(await reconcileReplies(ctx, open)).toBe(0)
  expect([await reconcileFavourites(ctx, open), await reconcileFollowers(ctx, open)]).toEqual([0, 0])
})

test("a sweep stops when its run has to end", async ({ domain: { ctx } }) => {
  await expect(reconcileFollowers(ctx, AbortSignal.abort())).rejects.toThrow()
  await expect(sweepUploads(ctx, AbortSignal.abort())).rejects.toThrow()
})
