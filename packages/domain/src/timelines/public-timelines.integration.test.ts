import type { Paging, Status } from "@tintype/contract"
import { posts, postTags } from "@tintype/db"
import { asc, eq } from "drizzle-orm"
import { describe, expect } from "vitest"
import { accountCard } from "../accounts/index.ts"
import { readCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { deletePost, listAccountPosts, type PostPage } from "../posts/index.ts"
import { followAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aMember, aPost, manyPosts } from "../testing/members.ts"
import { readPublic } from "./read-public.ts"
import { readTag, type TagQuery } from "./read-tag.ts"

const statuses = ({ items }: PostPage): Status[] => JSON.parse(items.text)
const idsOf = (page: PostPage) => statuses(page).map(({ id }) => id)

const publicIds = async (ctx: Context, viewer: Actor | null, paging: Partial<Paging> = {}) =>
  idsOf(await readPublic(ctx, viewer, { limit: 40, ...paging }))

const NO_OTHERS = { any: [], all: [], none: [], limit: 40 }
const tagIds = async (ctx: Context, viewer: Actor | null, tag: string, query: Partial<TagQuery> = {}) =>
  idsOf(await readTag(ctx, viewer, tag, { ...NO_OTHERS, ...query }))

/** A cursor that no id is as great as. */
const MOST = "9999999999999999999"

const nameOf = async (ctx: Context, { accountId }: Actor) =>
  (await readCard(ctx, accountCard.key(accountId)))?.username

describe("public and tag timelines", () => {
  test("show public posts and no others, whoever looks", async ({ domain: { ctx } }) => {
    const [author, follower, named, stranger] = await Promise.all([1, 2, 3, 4].map(() => aMember(ctx)))
    if (!author || !follower || !named || !stranger) throw new Error("no members")
    await followAccount(ctx, follower, author.accountId)
    const caption = `#leaks @${await nameOf(ctx, named)}`
    const shown = await aPost(ctx, author, { caption })
    for (const visibility of ["unlisted", "private", "direct"] as const) {
      await aPost(ctx, author, { caption, visibility })
    }
    for (const viewer of [null, stranger, follower, named, author]) {
      const own = statuses(await readPublic(ctx, viewer, { limit: 40 })).filter(
        ({ account }) => account.id === author.accountId,
      )
      expect(own.map(({ id }) => id)).toEqual([shown])
      expect(await tagIds(ctx, viewer, "leaks")).toEqual([shown])
    }
  })

  test("show nothing of a post once its deletion is acknowledged", async ({ domain: { ctx } }) => {
    const [author, viewer] = [await aMember(ctx), await aMember(ctx)]
    const [kept, gone] = [
      await aPost(ctx, author, { caption: "#gone" }),
      await aPost(ctx, author, { caption: "#gone" }),
    ]
    expect(await tagIds(ctx, viewer, "gone")).toEqual([gone, kept])
    expect((await publicIds(ctx, viewer)).slice(0, 2)).toEqual([gone, kept])
    await deletePost(ctx, author, gone)
    expect(await tagIds(ctx, viewer, "gone")).toEqual([kept])
    expect((await publicIds(ctx, viewer))[0]).toBe(kept)
    expect(await ctx.db.select().from(postTags).where(eq(postTags.postId, gone))).toEqual([])
  })

  test("are never empty because what they named is being deleted", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    for (let round = 0; round < 5; round++) {
      const caption = `#vanishing${round}`
      const kept = await aPost(ctx, author, { caption })
      const [one, other] = [await aPost(ctx, author, { caption }), await aPost(ctx, author, { caption })]
      const [read] = await Promise.all([
        tagIds(ctx, null, caption.slice(1), { limit: 2 }),
        deletePost(ctx, author, one),
        deletePost(ctx, author, other),
      ])
      expect(read.length).toBeGreaterThan(0)
      expect(await tagIds(ctx, null, caption.slice(1), { limit: 2 })).toEqual([kept])
    }
  })

  test("cost one statement and one round trip to the cache", async ({ domain: { ctx, trips } }) => {
    const [author, viewer] = [await aMember(ctx), await aMember(ctx)]
    for (let count = 0; count < 3; count++) await aPost(ctx, author, { caption: "#trips #more" })
    const reads = [
      () => publicIds(ctx, viewer),
      () => tagIds(ctx, viewer, "trips", { any: ["more"], all: ["more"], none: ["less"] }),
    ]
    for (const read of reads) {
      await read()
      await ctx.cache.idle()
      Object.assign(trips, { cache: 0, statements: 0 })
      expect((await read()).length).toBeGreaterThanOrEqual(3)
      expect(trips).toEqual({ cache: 1, statements: 1 })
    }
  })
})

describe("the public timeline", () => {
  test("can be walked to its first post and back to its newest while posts arrive", async ({
    domain: { ctx },
  }) => {
    const [author, other] = [await aMember(ctx), await aMember(ctx)]
    await manyPosts(ctx, author, 60)
    const all = async () =>
      (
        await ctx.db
          .select({ id: posts.id })
          .from(posts)
          .where(eq(posts.visibility, "public"))
          .orderBy(asc(posts.id))
      ).map(({ id }) => id)
    const before = await all()

    const down: string[] = []
    for (let page = await readPublic(ctx, null, { limit: 7 }); page.oldest; ) {
      down.push(...idsOf(page))
      await aPost(ctx, other)
      page = await readPublic(ctx, null, { limit: 7, max_id: page.oldest })
    }
    expect(down.toReversed()).toEqual(before)

    const up: string[] = []
    for (let page = await readPublic(ctx, null, { limit: 7, min_id: "1" }); page.newest; ) {
      up.push(...idsOf(page).toReversed())
      if (up.length < 30) await aPost(ctx, other)
      page = await readPublic(ctx, null, { limit: 7, min_id: page.newest })
    }
    expect(up).toEqual(await all())
    expect(await publicIds(ctx, null, { since_id: up.at(-4) ?? "" })).toEqual(up.slice(-3).toReversed())
  })

  test("takes any cursor of 19 digits, and has nothing from other servers", async ({ domain: { ctx } }) => {
    const id = await aPost(ctx, await aMember(ctx))
    expect((await publicIds(ctx, null, { max_id: MOST }))[0]).toBe(id)
    expect(await publicIds(ctx, null, { min_id: MOST })).toEqual([])
    expect(idsOf(await readPublic(ctx, null, { limit: 1, remote: true }))).toEqual([])
  })
})

describe("the timeline of a tag", () => {
  test("is the same however the tag is written", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const spellings = [
      ["#MeerBlick", ["meerblick", "MEERBLICK", "ＭｅｅｒＢｌｉｃｋ"]],
      ["#E\u0301TE\u0301", ["été", "ÉTÉ", "e\u0301te\u0301"]],
      ["#हिन्दी", ["हिन्दी"]],
      ["#İstanbul", ["İstanbul", "i\u0307stanbul"]],
      ["#ﷺ", ["ﷺ"]],
    ] as const
    for (const [caption, names] of spellings) {
      const id = await aPost(ctx, author, { caption: `${caption}, ${caption}!` })
      for (const name of names) expect([name, await tagIds(ctx, null, name)]).toEqual([name, [id]])
      const own = await listAccountPosts(ctx, null, author.accountId, { limit: 5, tagged: names.at(-1) })
      expect(idsOf(own)).toEqual([id])
    }
    for (const none of ["ete", "no\0tag", "a b", "", "😀"]) expect(await tagIds(ctx, null, none)).toEqual([])
  })

  test("takes any, all and none of other tags, by pages", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const made: { id: string; tags: string[] }[] = []
    for (let bits = 0; bits < 16; bits++) {
      const tags = ["one", "two", "three", "four"].filter((_, index) => bits & (1 << index))
      made.unshift({
        id: await aPost(ctx, author, { caption: tags.map((tag) => `#${tag}`).join(" ") }),
        tags,
      })
    }
    const queries = [
      {},
      { any: ["TWO"] },
      { all: ["two", "Three"] },
      { none: ["four", "two"] },
      { any: ["two", "three", "three"], all: ["four"], none: ["one"] },
      { all: ["two", "no tag"] },
      { none: ["ONE"] },
      { any: ["two"], none: ["one"] },
      { all: ["two"], none: ["two"] },
    ]
    for (const query of queries) {
      const { any = [], all = [], none = [] } = query
      const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase())
      const expected = made
        .filter(({ tags }) => ["one", ...lower(any)].some((tag) => tags.includes(tag)))
        .filter(({ tags }) => lower(all).every((tag) => tags.includes(tag)))
        .filter(({ tags }) => !lower(none).some((tag) => tags.includes(tag)))
        .map(({ id }) => id)
      expect([query, await tagIds(ctx, null, "one", query)]).toEqual([query, expected])
      for (let index = 0; index < expected.length; index += 3) {
        const paging = { ...query, limit: 3 }
        const max_id = expected[index - 1] ?? MOST
        expect(await tagIds(ctx, null, "one", { ...paging, max_id })).toEqual(
          expected.slice(index, index + 3),
        )
        const newer = expected.slice(Math.max(0, index - 3), index)
        expect(await tagIds(ctx, null, "one", { ...paging, min_id: expected[index] ?? "" })).toEqual(newer)
      }
    }
  })
})
