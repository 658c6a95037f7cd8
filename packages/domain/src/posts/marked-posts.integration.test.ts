import type { Status } from "@tintype/contract"
import { bookmarks, favourites, likes } from "@tintype/db"
import { eq } from "drizzle-orm"
import { describe, expect } from "vitest"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { followAccount, unfollowAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aMember, aPost } from "../testing/members.ts"
import { bookmarkPost, unbookmarkPost } from "./bookmark-post.ts"
import { deletePost } from "./delete-post.ts"
import { erasePost } from "./erase-post.ts"
import { favouritePost, unfavouritePost } from "./favourite-post.ts"
import { getPostContext } from "./get-context.ts"
import { getPost } from "./get-post.ts"
import { listFavouriters } from "./list-favouriters.ts"
import { listBookmarks, listFavourites } from "./list-marked-posts.ts"
import type { PostPage } from "./post-page.ts"

const statuses = ({ items }: PostPage): Status[] => JSON.parse(items.text)
const idsOf = (page: PostPage) => statuses(page).map(({ id }) => id)

const KINDS = [
  { name: "likes", mark: favouritePost, unmark: unfavouritePost, list: listFavourites },
  { name: "bookmarks", mark: bookmarkPost, unmark: unbookmarkPost, list: listBookmarks },
] as const

describe.for(KINDS)("the list of a member's $name", ({ mark, unmark, list }) => {
  const ids = async (ctx: Context, viewer: Actor, limit = 40) => idsOf(await list(ctx, viewer, { limit }))

  test("is in the order of marking, each once, and nobody else's", async ({ domain: { ctx } }) => {
    const [author, viewer, other] = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
    const [first, second, third] = [
      await aPost(ctx, author),
      await aPost(ctx, author),
      await aPost(ctx, author),
    ]
    await mark(ctx, other, first)
    for (const id of [third, first, second]) await mark(ctx, viewer, id)
    await Promise.all([mark(ctx, viewer, first), mark(ctx, viewer, first)])
    expect(await ids(ctx, viewer)).toEqual([second, first, third])
    await unmark(ctx, viewer, third)
    await Promise.all([unmark(ctx, viewer, third), unmark(ctx, viewer, third)])
    expect(await ids(ctx, viewer)).toEqual([second, first])
    await mark(ctx, viewer, third)
    expect(await ids(ctx, viewer)).toEqual([third, second, first])
    expect(await ids(ctx, other)).toEqual([first])
  })

  test("is paged by the marks' own ids, to both ends", async ({ domain: { ctx } }) => {
    const [author, viewer] = [await aMember(ctx), await aMember(ctx)]
    const made: string[] = []
    for (let count = 0; count < 7; count++) made.push(await aPost(ctx, author))
    // The posts' ids fall while the marks' rise.
    for (const id of made.toReversed()) await mark(ctx, viewer, id)
    const down: string[] = []
    let page = await list(ctx, viewer, { limit: 3 })
    for (; page.oldest; page = await list(ctx, viewer, { limit: 3, max_id: page.oldest })) {
      down.push(...idsOf(page))
    }
    expect(down).toEqual(made)
    const up: string[] = []
    for (
      page = await list(ctx, viewer, { limit: 3, min_id: "1" });
      page.newest;
      page = await list(ctx, viewer, { limit: 3, min_id: page.newest })
    ) {
      up.push(...idsOf(page).toReversed())
    }
    expect(up).toEqual(made.toReversed())
  })

  test("goes on behind any number of posts that the member may no longer see", async ({
    domain: { ctx },
  }) => {
    const [author, viewer] = [await aMember(ctx), await aMember(ctx)]
    await followAccount(ctx, viewer, author.accountId)
    const kept = await aPost(ctx, author)
    await mark(ctx, viewer, kept)
    const hidden: string[] = []
    for (let count = 0; count < 5; count++) {
      const id = await aPost(ctx, author, { visibility: "private" })
      await mark(ctx, viewer, id)
      hidden.unshift(id)
    }
    const own = await aPost(ctx, viewer, { visibility: "direct" })
    await mark(ctx, viewer, own)
    expect(await ids(ctx, viewer)).toEqual([own, ...hidden, kept])
    await unfollowAccount(ctx, viewer, author.accountId)
    expect(await ids(ctx, viewer, 2)).toEqual([own, kept])
    await followAccount(ctx, viewer, author.accountId)
    expect(await ids(ctx, viewer, 2)).toEqual([own, hidden[0]])
  })

  test("loses a post with its deletion, and its rows soon after", async ({ domain: { ctx } }) => {
    const [author, viewer] = [await aMember(ctx), await aMember(ctx)]
    const [kept, gone] = [await aPost(ctx, author), await aPost(ctx, author)]
    for (const id of [kept, gone]) await mark(ctx, viewer, id)
    expect(await ids(ctx, viewer)).toEqual([gone, kept])
    await deletePost(ctx, author, gone)
    expect(await ids(ctx, viewer)).toEqual([kept])
    await expect(mark(ctx, viewer, gone)).rejects.toThrow(NotFound)
    await erasePost(ctx, author.accountId, { postId: gone, mediaIds: [] }, new AbortController().signal)
    for (const [table, column] of [
      [favourites, favourites.postId],
      [likes, likes.postId],
      [bookmarks, bookmarks.postId],
    ] as const) {
      expect(await ctx.db.select().from(table).where(eq(column, gone))).toEqual([])
    }
  })

  test("costs one statement and one round trip to the cache", async ({ domain: { ctx, trips } }) => {
    const [author, viewer] = [await aMember(ctx), await aMember(ctx)]
    for (let count = 0; count < 3; count++) await mark(ctx, viewer, await aPost(ctx, author))
    await ids(ctx, viewer)
    await ctx.cache.idle()
    Object.assign(trips, { cache: 0, statements: 0 })
    expect(await ids(ctx, viewer)).toHaveLength(3)
    expect(trips).toEqual({ cache: 1, statements: 1 })
  })
})

describe("a bookmark", () => {
  test("is told to its member alone, and on the next read", async ({ domain: { ctx } }) => {
    const [author, viewer] = [await aMember(ctx), await aMember(ctx)]
    const id = await aPost(ctx, author)
    const told = async (who: Actor | null) => (await getPost(ctx, who, id)).bookmarked
    expect([await told(viewer), await told(author), await told(null)]).toEqual([false, false, undefined])
    expect((await bookmarkPost(ctx, viewer, id)).bookmarked).toBe(true)
    expect([await told(viewer), await told(author), await told(null)]).toEqual([true, false, undefined])
    expect(statuses(await listBookmarks(ctx, viewer, { limit: 1 }))).toMatchObject([{ id, bookmarked: true }])
    expect((await unbookmarkPost(ctx, viewer, id)).bookmarked).toBe(false)
    expect(await told(viewer)).toBe(false)
  })
})

describe("what hangs on a post", () => {
  test("is for those alone who may see the post", async ({ domain: { ctx } }) => {
    const [author, fan, stranger] = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
    await followAccount(ctx, fan, author.accountId)
    const id = await aPost(ctx, author, { visibility: "private" })
    await favouritePost(ctx, fan, id)
    await favouritePost(ctx, author, id)
    await unfavouritePost(ctx, author, id)
    expect((await listFavouriters(ctx, author, id, { limit: 9 })).items.map((each) => each.id)).toEqual([
      fan.accountId,
    ])
    expect(await getPostContext(ctx, fan, id)).toEqual({ ancestors: [], descendants: [] })
    for (const viewer of [stranger, null]) {
      await expect(listFavouriters(ctx, viewer, id, { limit: 9 })).rejects.toThrow(NotFound)
      await expect(getPostContext(ctx, viewer, id)).rejects.toThrow(NotFound)
    }
    await expect(bookmarkPost(ctx, stranger, id)).rejects.toThrow(NotFound)
    await expect(getPostContext(ctx, author, "x")).rejects.toThrow(NotFound)
  })
})
