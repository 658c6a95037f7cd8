import type { Paging, Status } from "@tintype/contract"
import type { PostId } from "@tintype/db"
import { describe, expect } from "vitest"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { addToList, createList, deleteList, removeFromList, updateList } from "../lists/index.ts"
import { deletePost, favouritePost } from "../posts/index.ts"
import { followAccount, unfollowAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aMember, aPost, manyPosts } from "../testing/members.ts"
import { explainHome } from "./explain-home.ts"
import { fanOutPost } from "./fan-out-post.ts"
import { readHome } from "./read-home.ts"
import { readList } from "./read-list.ts"

const { signal } = new AbortController()

async function listed(
  ctx: Context,
  viewer: Actor,
  id: string,
  paging: Partial<Paging> = {},
): Promise<Status[]> {
  const { items } = await readList(ctx, viewer, id, { limit: 20, ...paging })
  return JSON.parse(items.text)
}

const idsOf = async (ctx: Context, viewer: Actor, id: string, paging: Partial<Paging> = {}) =>
  (await listed(ctx, viewer, id, paging)).map((status) => status.id)

const homeIds = async (ctx: Context, viewer: Actor) => {
  const { items } = await readHome(ctx, viewer, { limit: 20 })
  return JSON.parse(items.text).map(({ id }: Status) => id)
}

async function post(ctx: Context, author: Actor, change = {}): Promise<PostId> {
  const id = await aPost(ctx, author, change)
  await fanOutPost(ctx, author.accountId, id, signal)
  return id
}

/** A member with a list of these authors. */
async function aListOf(ctx: Context, authors: readonly Actor[], exclusive = false) {
  const viewer = await aMember(ctx)
  for (const { accountId } of authors) await followAccount(ctx, viewer, accountId)
  const { id } = await createList(ctx, viewer, { title: "Some", exclusive })
  const accountIds = authors.map(({ accountId }) => accountId)
  await addToList(ctx, viewer, id, accountIds)
  return { viewer, id }
}

describe("the timeline of a list", () => {
  test("shows the posts of those on it, as far as the member may see them, and to nobody else", async ({
    domain: { ctx },
  }) => {
    const [one, other, off] = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
    const { viewer, id } = await aListOf(ctx, [one, other])
    await followAccount(ctx, viewer, off.accountId)
    const first = await post(ctx, one, { visibility: "private" })
    await post(ctx, off)
    await post(ctx, one, { visibility: "direct" })
    const second = await post(ctx, other, { visibility: "unlisted" })
    await favouritePost(ctx, viewer, first)
    expect(await listed(ctx, viewer, id)).toMatchObject([
      { id: second, favourited: false },
      { id: first, favourited: true },
    ])
    await expect(readList(ctx, one, id, { limit: 20 })).rejects.toThrow(NotFound)
    await deleteList(ctx, viewer, id)
    await expect(readList(ctx, viewer, id, { limit: 20 })).rejects.toThrow(NotFound)
  })

  test("shows on the next read that somebody was added, removed, unfollowed, and that a post is gone", async ({
    domain: { ctx },
  }) => {
    const [one, other] = [await aMember(ctx), await aMember(ctx)]
    const { viewer, id } = await aListOf(ctx, [one])
    const [first, gone] = [await post(ctx, one, { visibility: "private" }), await post(ctx, one)]
    const second = await post(ctx, other)
    expect(await idsOf(ctx, viewer, id)).toEqual([gone, first])
    await deletePost(ctx, one, gone)
    expect(await idsOf(ctx, viewer, id)).toEqual([first])
    await followAccount(ctx, viewer, other.accountId)
    await addToList(ctx, viewer, id, [other.accountId])
    expect(await idsOf(ctx, viewer, id)).toEqual([second, first])
    await removeFromList(ctx, viewer, id, [other.accountId])
    expect(await idsOf(ctx, viewer, id)).toEqual([first])
    await unfollowAccount(ctx, viewer, one.accountId)
    expect(await idsOf(ctx, viewer, id)).toEqual([])
  })

  test("is walked to the first post, from either end, and costs the same wherever the page lies", async ({
    domain: { ctx, trips },
  }) => {
    const [one, other] = [await aMember(ctx), await aMember(ctx)]
    const { viewer, id } = await aListOf(ctx, [one, other])
    const ids = [...(await manyPosts(ctx, one, 60)), ...(await manyPosts(ctx, other, 60))]
    const newestFirst = ids.toSorted((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1))
    const seen: string[] = []
    for (let page = await idsOf(ctx, viewer, id, { limit: 25 }); page.length > 0; ) {
      seen.push(...page)
      const last = page.at(-1)
      page = last ? await idsOf(ctx, viewer, id, { limit: 25, max_id: last }) : []
    }
    expect(seen).toEqual(newestFirst)
    const [middle = ""] = newestFirst.slice(60)
    expect(await idsOf(ctx, viewer, id, { limit: 5, min_id: middle })).toEqual(newestFirst.slice(55, 60))
    expect(await idsOf(ctx, viewer, id, { limit: 5, since_id: middle })).toEqual(newestFirst.slice(0, 5))
    for (const paging of [{ limit: 5 }, { limit: 40, max_id: middle }]) {
      await ctx.cache.idle()
      Object.assign(trips, { cache: 0, statements: 0 })
      await idsOf(ctx, viewer, id, paging)
      expect(trips).toEqual({ cache: 1, statements: 2 })
    }
  })
})

describe("the page of a long list", () => {
  test("holds the newest posts, whoever of its members made them, and some made many", async ({
    domain: { ctx },
  }) => {
    const authors = await Promise.all(Array.from({ length: 9 }, () => aMember(ctx)))
    const { viewer, id } = await aListOf(ctx, authors)
    const ids: string[] = []
    for (const count of [1, 3, 1, 2]) {
      for (const [index, author] of authors.entries()) {
        ids.push(...(await manyPosts(ctx, author, index % 3 === 0 ? count : 1)))
      }
    }
    const newestFirst = ids.toSorted((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1))
    for (const limit of [1, 4, 7]) {
      const [down, up]: string[][] = [[], []]
      for (let page = await idsOf(ctx, viewer, id, { limit }); page.length > 0; ) {
        down?.push(...page)
        page = await idsOf(ctx, viewer, id, { limit, max_id: page.at(-1) ?? "" })
      }
      for (let page = await idsOf(ctx, viewer, id, { limit, min_id: "1" }); page.length > 0; ) {
        up?.unshift(...page)
        page = await idsOf(ctx, viewer, id, { limit, min_id: page[0] ?? "" })
      }
      expect([down, up]).toEqual([newestFirst, newestFirst])
    }
  })
})

describe("an exclusive list", () => {
  test("takes its members off the home timeline, warm or cold, and gives them back", async ({
    domain: { ctx },
  }) => {
    const [listedAuthor, author] = [await aMember(ctx), await aMember(ctx)]
    const { viewer, id } = await aListOf(ctx, [listedAuthor], true)
    await followAccount(ctx, viewer, author.accountId)
    const shown = await post(ctx, author)
    const kept = await post(ctx, listedAuthor)
    expect(await homeIds(ctx, viewer)).toEqual([shown])
    // Told to the warm list, as to those of all followers.
    const later = await post(ctx, listedAuthor)
    expect(await homeIds(ctx, viewer)).toEqual([shown])
    expect(await idsOf(ctx, viewer, id)).toEqual([later, kept])
    expect(await explainHome(ctx, viewer.accountId, later)).toMatchObject({
      shown: false,
      because: "home",
    })
    await updateList(ctx, viewer, id, { exclusive: false })
    expect(await homeIds(ctx, viewer)).toEqual([later, kept, shown])
    await updateList(ctx, viewer, id, { exclusive: true })
    expect(await homeIds(ctx, viewer)).toEqual([shown])
    await deleteList(ctx, viewer, id)
    expect(await homeIds(ctx, viewer)).toEqual([later, kept, shown])
  })

  test("leaves the member's own posts at home", async ({ domain: { ctx } }) => {
    const { viewer, id } = await aListOf(ctx, [], true)
    await addToList(ctx, viewer, id, [viewer.accountId])
    const own = await post(ctx, viewer)
    expect([await homeIds(ctx, viewer), await idsOf(ctx, viewer, id)]).toEqual([[own], [own]])
  })
})
