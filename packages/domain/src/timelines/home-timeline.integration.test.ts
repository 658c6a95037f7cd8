import type { Paging, Status } from "@tintype/contract"
import type { PostId } from "@tintype/db"
import { describe, expect } from "vitest"
import type { Actor, Context } from "../context.ts"
import { deletePost, favouritePost } from "../posts/index.ts"
import { followAccount, unfollowAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aMember, aPost, manyPosts } from "../testing/members.ts"
import { fanOutPost } from "./fan-out-post.ts"
import { encodeEntry } from "./home-entry.ts"
import { loadSkeleton } from "./home-skeleton.ts"
import { readHome } from "./read-home.ts"

const signal = new AbortController().signal

async function home(ctx: Context, viewer: Actor, paging: Partial<Paging> = {}): Promise<Status[]> {
  const { items } = await readHome(ctx, viewer, { limit: 20, ...paging })
  return JSON.parse(items.text)
}

const idsOf = async (ctx: Context, viewer: Actor, paging: Partial<Paging> = {}) =>
  (await home(ctx, viewer, paging)).map(({ id }) => id)

const follow = (ctx: Context, viewer: Actor, author: Actor) => followAccount(ctx, viewer, author.accountId)

/** A viewer whose timeline is warm and holds what the authors posted until now. */
async function aWarmViewer(ctx: Context, ...authors: Actor[]): Promise<Actor> {
  const viewer = await aMember(ctx)
  for (const author of authors) await follow(ctx, viewer, author)
  await home(ctx, viewer)
  expect(await ctx.warmLists.home.read(viewer.accountId)).not.toBeNull()
  return viewer
}

async function post(ctx: Context, author: Actor, change = {}): Promise<PostId> {
  const id = await aPost(ctx, author, change)
  await fanOutPost(ctx, author.accountId, id, signal)
  return id
}

describe("a warm home timeline", () => {
  test("costs two round trips to the cache and none to Postgres", async ({ domain: { ctx, trips } }) => {
    const author = await aMember(ctx)
    await post(ctx, author)
    const viewer = await aWarmViewer(ctx, author)
    await post(ctx, author)
    await home(ctx, viewer)
    await ctx.cache.idle()
    Object.assign(trips, { cache: 0, statements: 0 })
    expect(await idsOf(ctx, viewer)).toHaveLength(2)
    expect(trips).toEqual({ cache: 2, statements: 0 })
    const [newest = "", oldest = ""] = await idsOf(ctx, viewer)
    for (const cursor of [{ max_id: newest }, { min_id: oldest }, { since_id: oldest }]) {
      trips.statements = 0
      expect(await idsOf(ctx, viewer, { limit: 1, ...cursor })).toEqual([
        "max_id" in cursor ? oldest : newest,
      ])
      expect(trips.statements).toBe(0)
    }
  })

  test("shows a follow, an unfollow and a follow again on the next read", async ({ domain: { ctx } }) => {
    const [one, other] = [await aMember(ctx), await aMember(ctx)]
    const [first, second] = [await post(ctx, one), await post(ctx, other)]
    const viewer = await aWarmViewer(ctx, one)
    await follow(ctx, viewer, other)
    expect(await idsOf(ctx, viewer)).toEqual([second, first])
    await unfollowAccount(ctx, viewer, one.accountId)
    expect(await idsOf(ctx, viewer)).toEqual([second])
    await follow(ctx, viewer, one)
    expect(await idsOf(ctx, viewer)).toEqual([second, first])
  })

  test("shows a deletion and a like on the next read", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const [kept, gone] = [await post(ctx, author), await post(ctx, author)]
    const viewer = await aWarmViewer(ctx, author)
    await favouritePost(ctx, viewer, kept)
    await deletePost(ctx, author, gone)
    expect(await home(ctx, viewer)).toMatchObject([{ id: kept, favourited: true }])
  })

  test("goes on behind a page of which nothing is left, and ends where nothing follows", async ({
    domain: { ctx },
  }) => {
    const author = await aMember(ctx)
    const [kept, ...gone] = [await post(ctx, author), await post(ctx, author), await post(ctx, author)]
    const viewer = await aWarmViewer(ctx, author)
    for (const each of gone) await deletePost(ctx, author, each)
    expect(await idsOf(ctx, viewer, { limit: 2 })).toEqual([kept])
    await deletePost(ctx, author, kept)
    const page = await readHome(ctx, viewer, { limit: 2 })
    expect(page).toMatchObject({ items: { text: "[]" }, newest: undefined, oldest: undefined })
  })

  test("is not believed about who may see what", async ({ domain: { ctx } }) => {
    const [author, stranger] = [await aMember(ctx), await aMember(ctx)]
    const viewer = await aWarmViewer(ctx, author)
    const shown = await post(ctx, author, { visibility: "private" })
    const hidden = [
      { id: await aPost(ctx, author, { visibility: "direct" }), ownerId: author.accountId },
      { id: await aPost(ctx, stranger, { visibility: "private" }), ownerId: stranger.accountId },
      { id: await aPost(ctx, stranger), ownerId: stranger.accountId },
    ]
    for (const each of hidden) await ctx.warmLists.home.push([viewer.accountId], encodeEntry(each))
    expect(await idsOf(ctx, viewer)).toEqual([shown])
  })

  test("gives a private photo's links anew before they run out", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const viewer = await aWarmViewer(ctx, author)
    await post(ctx, author, { visibility: "private" })
    const linkAt = async (now: Date) => {
      const [status] = await home({ ...ctx, now: () => now }, viewer)
      return status?.media_attachments[0]?.url ?? ""
    }
    const expiryOf = (url: string) => Number(/\/media\/(\d+)\//.exec(url)?.[1]) * 1000
    const noon = new Date("2026-06-01T12:00:00Z")
    const first = await linkAt(noon)
    expect(await linkAt(new Date(noon.getTime() + 3600_000))).toBe(first)
    const later = new Date(expiryOf(first) - 1000)
    const second = await linkAt(later)
    expect(expiryOf(second) - later.getTime()).toBeGreaterThan(6 * 3600_000)
  })

  test("keeps every post that is told while it is built", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const viewer = await aWarmViewer(ctx, author)
    for (let round = 0; round < 12; round++) {
      // Voids the list, so that readers build it while the post is made and told.
      await unfollowAccount(ctx, viewer, author.accountId)
      await follow(ctx, viewer, author)
      await Promise.all([home(ctx, viewer), post(ctx, author), home(ctx, viewer)])
      await home(ctx, viewer)
      const expected = await loadSkeleton(ctx.db, viewer.accountId, { limit: 20 }, "lasting")
      expect(await idsOf(ctx, viewer)).toEqual(expected.map(({ id }) => id))
    }
  })
})

describe("the pages of a home timeline", () => {
  test("go on behind the end of the warm list, without a gap and without a wall", async ({
    domain: { ctx },
  }) => {
    const author = await aMember(ctx)
    const ids = (await manyPosts(ctx, author, 450)).reverse()
    const viewer = await aWarmViewer(ctx, author)
    expect((await ctx.warmLists.home.read(viewer.accountId))?.entries).toHaveLength(400)
    const seen: string[] = []
    for (let page = await idsOf(ctx, viewer, { limit: 40 }); page.length > 0; ) {
      seen.push(...page)
      const last = page.at(-1)
      page = last ? await idsOf(ctx, viewer, { limit: 40, max_id: last }) : []
    }
    expect(seen).toEqual(ids)
  })

  test("are those of Postgres, whichever cursors they are asked by", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const ids = await manyPosts(ctx, author, 420)
    const viewer = await aWarmViewer(ctx, author)
    const cursors = [ids[0], ids[5], ids[19], ids[20], ids[21], ids[200], ids[399], ids[400], ids[419]]
    const choices = [undefined, ...cursors, "1", "9223372036854775807"]
    for (const name of ["max_id", "min_id", "since_id"] as const) {
      for (const [index, cursor] of choices.entries()) {
        const other = choices[(index * 5 + 3) % choices.length]
        const paging: Paging = {
          limit: 20,
          ...(cursor && { [name]: cursor }),
          ...(name !== "max_id" && index % 2 && other && { max_id: other }),
        }
        const expected = await loadSkeleton(ctx.db, viewer.accountId, paging, "lasting")
        expect([paging, await idsOf(ctx, viewer, paging)]).toEqual([paging, expected.map(({ id }) => id)])
      }
    }
  })
})
