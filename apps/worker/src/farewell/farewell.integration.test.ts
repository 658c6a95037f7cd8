import { Readable } from "node:stream"
import { accounts, likes, lists, media, outbox, posts, usernames, workflowRuns } from "@tintype/db"
import { type Actor, Conflict, type Context, deathHooks, Invalid, jobs, Unauthorized } from "@tintype/domain"
import { getAccount } from "@tintype/domain/accounts"
import { authenticate, signIn } from "@tintype/domain/auth"
import { deleteAccount, resumeErasures } from "@tintype/domain/farewell"
import { developPhotoJob, uploadPhoto } from "@tintype/domain/media"
import { createPost, favouritePost, getPost } from "@tintype/domain/posts"
import { foldFollowers, followAccount } from "@tintype/domain/relationships"
import { aDraft, aMember, aPhoto, aPost, test as base } from "@tintype/domain/testing"
import type { Darkroom } from "@tintype/media"
import { startWorkers } from "@tintype/queue"
import { and, eq, isNull, sql } from "drizzle-orm"
import { expect, onTestFinished } from "vitest"
import { buildHandlers } from "../build-worker.ts"
import { startCounting } from "../posts/counting.ts"
import { aFullLife, aSignedUpMember, PASSWORD, rowOf } from "./testing/full-life.ts"
import { filesOf, rowsNaming } from "./testing/leftovers.ts"

const PATIENT = { timeout: 30_000 }
/** Enough of one to be taken in. */
const JPEG = Buffer.from("ffd8ffe000104a46494600010100000100010000ffdb", "hex")
const SIZE = { width: 640, height: 480, originalWidth: 640, originalHeight: 480 }
const DEVELOPED = { ...SIZE, blurhash: "x", sharpMs: 0, cpuMs: 0, animated: false }
const farewell = { password: PASSWORD, address: "127.0.0.1" }

/** No photo is developed here. */
const darkroom: Darkroom = {
  develop: async () => ({ reason: "not today" }),
  refine: async () => false,
  widen: () => undefined,
  close: () => undefined,
}

const test = base.extend(
  "work",
  { scope: "file" },
  async ({ domain: { ctx }, redis }) =>
    (develop?: Darkroom["develop"]) => {
      const workers = startWorkers({
        redisUrl: redis.queueUrl,
        prefix: redis.prefix,
        db: ctx.db,
        jobs,
        handlers: buildHandlers(ctx, { ...darkroom, ...(develop && { develop }) }, () => undefined),
        onDead: deathHooks,
        classes: {
          ...{ upkeep: { concurrency: 4 }, feed: { concurrency: 2 }, transfer: { concurrency: 1 } },
          ...(develop && { media: { concurrency: 2 } }),
        },
        log: ctx.log,
      })
      const counting = startCounting(ctx)
      onTestFinished(async () => void (await Promise.all([workers.close(1_000), counting.close()])))
    },
)

/** All ids of what an account has. */
async function idsOf({ db }: Context, { accountId }: Actor): Promise<string[]> {
  const [own, photos, given, kept] = await Promise.all([
    db.select({ id: posts.id }).from(posts).where(eq(posts.ownerId, accountId)),
    db.select({ id: media.id }).from(media).where(eq(media.ownerId, accountId)),
    db.select({ id: likes.id }).from(likes).where(eq(likes.accountId, accountId)),
    db.select({ id: lists.id }).from(lists).where(eq(lists.ownerId, accountId)),
  ])
  return [accountId, ...[...own, ...photos, ...given, ...kept].map(({ id }) => String(id))]
}

const isErased = async (ctx: Context, actor: Actor) => (await rowOf(ctx, actor)).erasedAt !== null
const untilErased = (ctx: Context, actor: Actor) =>
  expect.poll(() => isErased(ctx, actor), PATIENT).toBe(true)
const nothing = (found: Record<string, number>) =>
  Object.fromEntries(Object.keys(found).map((name) => [name, 0]))

test("of a deleted account nothing is left but its name, in no table and no file", async ({
  domain: { ctx },
  work,
  blobDir,
}) => {
  const friends = [await aSignedUpMember(ctx), await aMember(ctx)] as const
  const leaver = await aFullLife(ctx, friends)
  const ids = await idsOf(ctx, leaver)
  const before = await rowsNaming(ctx, ids)
  // A table without a row of this account would prove nothing: a new one has to be lived in, too.
  expect(Object.entries(before).filter(([, count]) => count === 0)).toEqual([])
  expect(await filesOf(blobDir, leaver.accountId)).not.toEqual([])
  await deleteAccount(ctx, leaver, farewell)
  const reachable = await filesOf(blobDir, leaver.accountId)
  expect(reachable.filter((name) => !name.startsWith("/temporary/"))).toEqual([])
  work()
  await untilErased(ctx, leaver)
  expect(await rowsNaming(ctx, ids)).toEqual(nothing(before))
  await expect.poll(() => filesOf(blobDir, leaver.accountId), PATIENT).toEqual([])
  expect(await rowOf(ctx, leaver)).toMatchObject({ note: "", displayName: "", avatar: null })
  const names = await ctx.db.select().from(usernames).where(eq(usernames.accountId, leaver.accountId))
  expect(names).toHaveLength(1)
  await expect
    .poll(async () => (await getPost(ctx, friends[0], leaver.answer)).in_reply_to_id, PATIENT)
    .toBeNull()
  for (const friend of friends) {
    await foldFollowers(ctx, friend.accountId)
    expect(await rowOf(ctx, friend)).toMatchObject({ followersCount: 0, followingCount: 0 })
    const kept = await ctx.db.select().from(posts).where(eq(posts.ownerId, friend.accountId))
    expect(kept.length).toBeGreaterThan(0)
    await expect
      .poll(async () => {
        const rows = await ctx.db.select().from(posts).where(eq(posts.ownerId, friend.accountId))
        return rows.map((row) => row.favouritesCount + (row.id === leaver.theirs ? row.repliesCount : 0))
      }, PATIENT)
      .toEqual(kept.map(() => 0))
  }
})

test("once it is acknowledged the account is gone for everybody", async ({ domain: { ctx } }) => {
  const [leaver, friend] = [await aSignedUpMember(ctx), await aMember(ctx)]
  const { username } = await rowOf(ctx, leaver)
  await followAccount(ctx, friend, leaver.accountId)
  expect(await authenticate(ctx, leaver.token)).not.toBeNull()
  await expect(deleteAccount(ctx, leaver, { ...farewell, password: "a wrong one" })).rejects.toThrow(Invalid)
  expect(await authenticate(ctx, leaver.token)).not.toBeNull()
  await deleteAccount(ctx, leaver, farewell)
  expect(await authenticate(ctx, leaver.token)).toBeNull()
  await expect(getAccount(ctx, friend, leaver.accountId)).rejects.toThrow("not found")
  const login = { login: username, password: PASSWORD, address: "127.0.0.1" }
  await expect(signIn(ctx, null, login)).rejects.toThrow(Unauthorized)
  await expect(followAccount(ctx, friend, leaver.accountId)).rejects.toThrow("not found")
  await expect(deleteAccount(ctx, leaver, farewell)).rejects.toThrow()
})

test("an erasure that was given up begins anew, once, when a day has gone by", async ({
  domain: { ctx },
  work,
}) => {
  const friends = [await aSignedUpMember(ctx), await aMember(ctx)] as const
  const leaver = await aFullLife(ctx, friends)
  await deleteAccount(ctx, leaver, farewell)
  const resume = () => resumeErasures(ctx, AbortSignal.timeout(20_000))
  const isOwn = eq(workflowRuns.ownerId, leaver.accountId)
  const agoBy = (days: number) =>
    ctx.db
      .update(accounts)
      .set({ deletedAt: sql`now() - ${days} * interval '1 day'` })
      .where(eq(accounts.id, leaver.accountId))
  await agoBy(2)
  expect(await resume()).toBe(0)
  await ctx.db.delete(outbox).where(eq(outbox.ownerId, leaver.accountId))
  await ctx.db.update(workflowRuns).set({ state: "failed", endedAt: sql`now()` }).where(isOwn)
  await agoBy(0.9)
  expect(await resume()).toBe(0)
  await agoBy(2)
  expect([await resume(), await resume()]).toEqual([1, 0])
  work()
  await untilErased(ctx, leaver)
  expect(await resume()).toBe(0)
})

test("the last admin cannot leave; of two who leave at once one stays", async ({ domain: { ctx } }) => {
  await ctx.db.update(accounts).set({ role: "member" }).where(isNull(accounts.deletedAt))
  const admins = [await aSignedUpMember(ctx), await aSignedUpMember(ctx)]
  for (const { accountId } of admins) {
    await ctx.db.update(accounts).set({ role: "admin" }).where(eq(accounts.id, accountId))
  }
  const left = await Promise.allSettled(admins.map((each) => deleteAccount(ctx, each, farewell)))
  expect(left.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"])
  const refused = left.find((each) => each.status === "rejected")
  expect(refused?.reason).toBeInstanceOf(Conflict)
})

test("photos on their last attempt that are erased while they are developed leave no dead letter", async ({
  domain: { ctx },
  work,
  blobDir,
}) => {
  const [, leaver] = [await aSignedUpMember(ctx), await aSignedUpMember(ctx)]
  for (let photo = 0; photo < 2; photo++) {
    const received = await ctx.blobs.receive(Readable.from([JPEG]), { maxBytes: 1_000 })
    await uploadPhoto(ctx, leaver, received, { purpose: "post" }, 0)
  }
  const isTheirs = and(eq(outbox.ownerId, leaver.accountId), eq(outbox.name, developPhotoJob.name))
  await ctx.db
    .update(outbox)
    .set({ failures: developPhotoJob.attempts - 1 })
    .where(isTheirs)
  const [begun, erased] = [new Set<string>(), Promise.withResolvers<void>()]
  work(async (_original, folder) => {
    const isFirst = begun.size === 0
    begun.add(folder)
    await erased.promise
    if (isFirst) throw new Error("no such file")
    await ctx.blobs.publishFolder(await ctx.blobs.temporaryFolder(), folder)
    return { developed: DEVELOPED }
  })
  await expect.poll(() => begun.size, PATIENT).toBe(2)
  await deleteAccount(ctx, leaver, farewell)
  await untilErased(ctx, leaver)
  erased.resolve()
  await expect.poll(() => ctx.db.$count(outbox, isTheirs), PATIENT).toBe(0)
  const left = await filesOf(blobDir, leaver.accountId)
  expect(left.filter((name) => name !== `/${leaver.accountId}`)).toEqual([])
})

test("what the member does at the moment of leaving fails or is erased", async ({
  domain: { ctx },
  work,
  blobDir,
}) => {
  const friend = await aMember(ctx)
  const [liked, photos] = [await aPost(ctx, friend), 12]
  for (let round = 0; round < 3; round++) {
    const leaver = await aSignedUpMember(ctx)
    const ready = await Promise.all(Array.from({ length: photos }, () => aPhoto(ctx, leaver)))
    const made: string[] = []
    const busy = async (act: () => Promise<{ id: string } | undefined>) => {
      for (;;) {
        const done = await act().catch(() => undefined)
        if (!done) return
        made.push(done.id)
      }
    }
    const upload = async () => {
      const received = await ctx.blobs.receive(Readable.from([JPEG]), { maxBytes: 1_000 })
      const { attachment } = await uploadPhoto(ctx, leaver, received, { purpose: "post" }, 0)
      return attachment
    }
    const post = async () => {
      const photo = ready.pop()
      return photo && createPost(ctx, leaver, aDraft([photo]))
    }
    const like = () => favouritePost(ctx, leaver, liked)
    const follow = () => followAccount(ctx, leaver, friend.accountId)
    const follower = () => followAccount(ctx, friend, leaver.accountId)
    const all = Promise.all([busy(post), busy(upload), busy(like), busy(follow), busy(follower)])
    await expect.poll(() => made.length, PATIENT).toBeGreaterThan(5)
    await deleteAccount(ctx, leaver, farewell)
    await all
    work()
    await untilErased(ctx, leaver)
    const found = await rowsNaming(ctx, [
      leaver.accountId,
      ...new Set(made.filter((id) => id !== liked && id !== friend.accountId)),
    ])
    expect(found).toEqual(nothing(found))
    await expect.poll(() => filesOf(blobDir, leaver.accountId), PATIENT).toEqual([])
  }
})
