import { counterDeltas, favourites, idempotencyKeys, media, posts } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { describe, expect } from "vitest"
import type { Context } from "../context.ts"
import { Conflict, Invalid, NotFound } from "../errors.ts"
import { test } from "../testing/domain-test.ts"
import { aDraft, aMember, aPhoto, aPost, countsOf } from "../testing/members.ts"
import { createPost } from "./create-post.ts"
import { deletePost } from "./delete-post.ts"
import { erasePost } from "./erase-post.ts"
import { favouritePost, unfavouritePost } from "./favourite-post.ts"
import { foldFavourites } from "./fold-counts.ts"
import { getPost } from "./get-post.ts"

const signal = new AbortController().signal

const rowsOf = (ctx: Context, postId: string) =>
  ctx.db.execute<{ likes: number; notes: number }>(sql`
    select (select count(*)::int from ${favourites} where ${favourites.postId} = ${postId}) as likes,
      (select count(*)::int from ${counterDeltas} where ${counterDeltas.subjectId} = ${postId}) as notes`)

describe("likes", () => {
  test("of many members at once, taken back and given again, are counted exactly", async ({
    domain: { ctx },
  }) => {
    const author = await aMember(ctx)
    const id = await aPost(ctx, author)
    const fans = await Promise.all(Array.from({ length: 6 }, () => aMember(ctx)))
    const fold = () => foldFavourites(ctx, author.accountId, id)
    await Promise.all(fans.map((fan) => favouritePost(ctx, fan, id)))
    await Promise.all([
      ...fans.flatMap((fan) => [unfavouritePost(ctx, fan, id), favouritePost(ctx, fan, id)]),
      fold(),
      fold(),
    ])
    await Promise.all(fans.slice(0, 2).map((fan) => unfavouritePost(ctx, fan, id)))
    await Promise.all(fans.slice(2).map((fan) => favouritePost(ctx, fan, id)))
    await Promise.all([fold(), fold(), fold()])
    expect((await getPost(ctx, null, id)).favourites_count).toBe(4)
    expect((await rowsOf(ctx, id))[0]?.notes).toBe(0)
  })

  test("of one member, twice at once, are one, and the answer says so", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const id = await aPost(ctx, author)
    const fan = await aMember(ctx)
    const answers = await Promise.all([1, 2, 3].map(() => favouritePost(ctx, fan, id)))
    expect(answers.map((each) => [each.favourited, each.favourites_count])).toEqual(
      answers.map(() => [true, 1]),
    )
    const back = await Promise.all([1, 2].map(() => unfavouritePost(ctx, fan, id)))
    expect(back.map((each) => each.favourites_count)).toEqual([0, 0])
    await foldFavourites(ctx, author.accountId, id)
    expect((await getPost(ctx, fan, id)).favourites_count).toBe(0)
  })
})

describe("deleting a post", () => {
  test("several times at once succeeds once and is counted once", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    await aPost(ctx, author)
    const id = await aPost(ctx, author)
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => deletePost(ctx, author, id)))
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1)
    for (const each of results) if (each.status === "rejected") expect(each.reason).toBeInstanceOf(NotFound)
    expect((await countsOf(ctx, author.accountId))?.statuses).toBe(1)
  })

  test("while it is being liked leaves no like and no note behind", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const fans = await Promise.all(Array.from({ length: 5 }, () => aMember(ctx)))
    for (let round = 0; round < 10; round++) {
      const id = await aPost(ctx, author)
      // Erased at once, so that a like that came too late would stay.
      const erase = () => erasePost(ctx, author.accountId, { postId: id, mediaIds: [] }, signal)
      const [deletion, ...likes] = await Promise.allSettled([
        deletePost(ctx, author, id).then(erase),
        ...fans.map((fan) => favouritePost(ctx, fan, id)),
      ])
      for (const each of likes) if (each.status === "rejected") expect(each.reason).toBeInstanceOf(NotFound)
      expect(deletion.status).toBe("fulfilled")
      await foldFavourites(ctx, author.accountId, id)
      expect(await rowsOf(ctx, id)).toEqual([{ likes: 0, notes: 0 }])
      await expect(getPost(ctx, author, id)).rejects.toThrow(NotFound)
      await expect(favouritePost(ctx, author, id)).rejects.toThrow(NotFound)
    }
  })

  test("is for its author alone", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const id = await aPost(ctx, author)
    await expect(deletePost(ctx, await aMember(ctx), id)).rejects.toThrow(NotFound)
    expect((await getPost(ctx, null, id)).id).toBe(id)
  })
})

describe("an Idempotency-Key", () => {
  test("makes one post of several calls at once", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const draft = aDraft([await aPhoto(ctx, author)])
    const made = await Promise.all([1, 2, 3, 4].map(() => createPost(ctx, author, draft, "key")))
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    expect((await countsOf(ctx, author.accountId))?.statuses).toBe(1)
  })

  test("is refused for another post, which then is not made at all", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const draft = aDraft([await aPhoto(ctx, author)])
    const { id } = await createPost(ctx, author, draft, "key")
    const spare = await aPhoto(ctx, author)
    for (const other of [{ ...draft, caption: "Other" }, aDraft([spare])]) {
      await expect(createPost(ctx, author, other, "key")).rejects.toThrow(Conflict)
    }
    expect((await createPost(ctx, author, draft, "key")).id).toBe(id)
    expect((await countsOf(ctx, author.accountId))?.statuses).toBe(1)
    expect((await createPost(ctx, author, aDraft([spare]), "next")).media_attachments).toHaveLength(1)
  })

  test("of one member is nothing to another", async ({ domain: { ctx } }) => {
    const [one, other] = [await aMember(ctx), await aMember(ctx)]
    const first = await createPost(ctx, one, aDraft([await aPhoto(ctx, one)]), "key")
    const second = await createPost(ctx, other, aDraft([await aPhoto(ctx, other)]), "key")
    expect(second.id).not.toBe(first.id)
  })

  test("is free again after an hour", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    await createPost(ctx, author, aDraft([await aPhoto(ctx, author)]), "key")
    await ctx.db
      .update(idempotencyKeys)
      .set({ createdAt: sql`now() - interval '61 minutes'` })
      .where(eq(idempotencyKeys.accountId, author.accountId))
    await createPost(ctx, author, aDraft([await aPhoto(ctx, author)]), "key")
    expect((await countsOf(ctx, author.accountId))?.statuses).toBe(2)
  })
})

describe("the photos of a post", () => {
  test("cannot be somebody else's", async ({ domain: { ctx } }) => {
    const [author, other] = [await aMember(ctx), await aMember(ctx)]
    const photos = [await aPhoto(ctx, author), await aPhoto(ctx, other)]
    await expect(createPost(ctx, author, aDraft(photos))).rejects.toThrow(Invalid)
    expect((await countsOf(ctx, author.accountId))?.statuses).toBe(0)
    expect((await createPost(ctx, other, aDraft(photos.slice(1)))).media_attachments).toHaveLength(1)
  })

  test("can be in one post only, also of two that race for them", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const [one, both, other] = [
      await aPhoto(ctx, author),
      await aPhoto(ctx, author),
      await aPhoto(ctx, author),
    ]
    const results = await Promise.allSettled([
      createPost(ctx, author, aDraft([one, both])),
      createPost(ctx, author, aDraft([other, both])),
    ])
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
    for (const each of results) if (each.status === "rejected") expect(each.reason).toBeInstanceOf(Invalid)
    await expect(createPost(ctx, author, aDraft([both]))).rejects.toThrow("belongs to another post")
    const taken = await ctx.db
      .select({ postId: media.postId })
      .from(media)
      .where(eq(media.ownerId, author.accountId))
    expect(taken.filter(({ postId }) => postId === null)).toHaveLength(1)
  })

  test("come in the order in which they were named", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const photos = [await aPhoto(ctx, author), await aPhoto(ctx, author), await aPhoto(ctx, author)].reverse()
    const { id } = await createPost(ctx, author, aDraft(photos))
    const { media_attachments: attached } = await getPost(ctx, null, id)
    expect(attached.map((each) => each.id)).toEqual(photos)
    const [row] = await ctx.db
      .select()
      .from(posts)
      .where(and(eq(posts.ownerId, author.accountId)))
    expect(row?.id).toBe(id)
  })
})
