import { comments, type PostId, parseId, posts, replyDeltas } from "@tintype/db"
import { and, eq, inArray } from "drizzle-orm"
import { describe, expect } from "vitest"
import type { Actor, Context } from "../context.ts"
import { Invalid, NotFound } from "../errors.ts"
import { followAccount, unfollowAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aComment, aDraft, aMember, aPhoto, aPost, countsOf, manyPosts } from "../testing/members.ts"
import { bookmarkPost } from "./bookmark-post.ts"
import { createPost } from "./create-post.ts"
import { deletePost } from "./delete-post.ts"
import { erasePost } from "./erase-post.ts"
import { foldReplies } from "./fold-counts.ts"
import { getPostContext } from "./get-context.ts"
import { getPost } from "./get-post.ts"
import type { PostRef } from "./hydrate-posts.ts"
import { listAccountPosts } from "./list-account-posts.ts"
import { listBookmarks } from "./list-marked-posts.ts"
import { reconcileReplies } from "./reconcile-counted.ts"

const { signal } = new AbortController()

/** The ids of what stands above and below a post, as somebody sees it. */
async function around(ctx: Context, viewer: Actor | null, id: string) {
  const { ancestors, descendants } = await getPostContext(ctx, viewer, id)
  return [ancestors, descendants].map((some) => some.map((each) => each.id))
}

const pageIds = async (page: Promise<{ items: { text: string } }>): Promise<string[]> =>
  JSON.parse((await page).items.text).map(({ id }: { id: string }) => id)

const profile = (ctx: Context, viewer: Actor | null, owner: Actor, query = {}) =>
  pageIds(listAccountPosts(ctx, viewer, owner.accountId, { limit: 20, ...query }))

const repliesOf = async (ctx: Context, viewer: Actor | null, id: string) =>
  (await getPost(ctx, viewer, id)).replies_count

const notesOf = (ctx: Context, ...ids: PostId[]) =>
  ctx.db.$count(replyDeltas, inArray(replyDeltas.subjectId, ids))

/** Comments straight into the tables, each on the post or, if deep, on the one before. */
async function manyComments(ctx: Context, writer: Actor, count: number, thread: PostRef, deep = false) {
  const ids = await manyPosts(ctx, writer, count)
  const [accountId, { id: postId, ownerId }] = [writer.accountId, thread]
  const rows = ids.map((id, index) => ({ id, parentId: (deep && ids[index - 1]) || postId }))
  await ctx.db
    .insert(comments)
    .values(rows.map((row) => ({ ...row, ownerId, postId, accountId, counted: true })))
  for (const { id, parentId: inReplyToId } of rows) {
    await ctx.db
      .update(posts)
      .set({ inReplyToId, inReplyToAccountId: ownerId, threadId: postId, threadOwnerId: ownerId })
      .where(and(eq(posts.ownerId, accountId), eq(posts.id, id)))
  }
  return ids
}

const NOWHERE = parseId<"post">("1") ?? ""

describe("a comment", () => {
  test("may be text alone, names what it answers and who wrote that, and needs one or the other", async ({
    domain: { ctx },
  }) => {
    const [author, guest] = [await aMember(ctx), await aMember(ctx)]
    const id = await aPost(ctx, author)
    const comment = await getPost(ctx, null, await aComment(ctx, guest, id))
    expect(comment).toMatchObject({
      in_reply_to_id: id,
      in_reply_to_account_id: author.accountId,
      media_attachments: [],
      replies_count: 0,
      mentions: [{ id: author.accountId }],
    })
    const own = await getPost(ctx, null, await aComment(ctx, author, id))
    expect(own).toMatchObject({ in_reply_to_account_id: author.accountId, mentions: [] })
    const shown = await aComment(ctx, guest, id, { caption: "", mediaIds: [await aPhoto(ctx, guest)] })
    expect((await getPost(ctx, null, shown)).media_attachments).toHaveLength(1)
    await expect(aComment(ctx, guest, id, { caption: " \n" })).rejects.toThrow("Text can't be blank")
    await expect(createPost(ctx, guest, aDraft([]))).rejects.toThrow(Invalid)
  })

  test("answers only what its author may see", async ({ domain: { ctx } }) => {
    const [author, guest] = [await aMember(ctx), await aMember(ctx)]
    const hidden = await aPost(ctx, author, { visibility: "private" })
    await expect(aComment(ctx, guest, hidden)).rejects.toThrow(NotFound)
    await expect(aComment(ctx, guest, NOWHERE)).rejects.toThrow("trying to reply to")
    await expect(aComment(ctx, guest, "x")).rejects.toThrow(NotFound)
    await followAccount(ctx, guest, author.accountId)
    await aComment(ctx, guest, hidden)
    expect(await ctx.db.$count(comments)).toBeGreaterThan(0)
  })

  test("is made once for one Idempotency-Key, and counted once", async ({ domain: { ctx } }) => {
    const [author, guest] = [await aMember(ctx), await aMember(ctx)]
    const id = await aPost(ctx, author)
    const draft = aDraft([], { inReplyToId: id })
    const made = await Promise.all([1, 2, 3].map(() => createPost(ctx, guest, draft, "key")))
    expect(new Set(made.map((each) => each.id)).size).toBe(1)
    await foldReplies(ctx, author.accountId, id)
    expect(await repliesOf(ctx, null, id)).toBe(1)
  })
})

describe("who may see a comment", () => {
  test("is never anybody who could not see what it answers, whatever was asked for", async ({
    domain: { ctx },
  }) => {
    const [author, guest] = [await aMember(ctx), await aMember(ctx)]
    const [friend, fan] = [await aMember(ctx), await aMember(ctx)]
    for (const each of [guest, friend]) await followAccount(ctx, each, author.accountId)
    await followAccount(ctx, fan, guest.accountId)
    const id = await aPost(ctx, author, { visibility: "private" })
    const comment = await aComment(ctx, guest, id, { visibility: "public" })
    const answer = await aComment(ctx, friend, comment, { visibility: "unlisted" })
    for (const each of [comment, answer]) {
      // Those who follow the author of the photo, and no follower of the one who comments.
      for (const viewer of [author, guest, friend]) {
        expect((await getPost(ctx, viewer, each)).visibility).toBe("private")
      }
      for (const viewer of [fan, null]) await expect(getPost(ctx, viewer, each)).rejects.toThrow(NotFound)
    }
    expect(await around(ctx, friend, id)).toEqual([[], [comment, answer]])
    expect(await around(ctx, author, answer)).toEqual([[id, comment], []])
    expect(await profile(ctx, friend, guest)).toEqual([comment])
    expect(await profile(ctx, fan, guest)).toEqual([])
    expect(await profile(ctx, author, guest)).toEqual([comment])
    await bookmarkPost(ctx, friend, comment)
    expect(await pageIds(listBookmarks(ctx, friend, { limit: 5 }))).toEqual([comment])
    await unfollowAccount(ctx, friend, author.accountId)
    expect(await pageIds(listBookmarks(ctx, friend, { limit: 5 }))).toEqual([])
    await expect(getPost(ctx, friend, comment)).rejects.toThrow(NotFound)
    await foldReplies(ctx, author.accountId, id)
    expect(await repliesOf(ctx, author, id)).toBe(1)
  })

  test("is as its author asked where that is narrower, and then it is not counted for all", async ({
    domain: { ctx },
  }) => {
    const [author, guest, fan] = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
    await followAccount(ctx, fan, guest.accountId)
    const id = await aPost(ctx, author)
    const toFans = await aComment(ctx, guest, id, { visibility: "private" })
    const toAuthor = await aComment(ctx, guest, id, { visibility: "direct" })
    const toAll = await aComment(ctx, guest, id, { visibility: undefined })
    expect(await around(ctx, null, id)).toEqual([[], [toAll]])
    expect(await around(ctx, fan, id)).toEqual([[], [toFans, toAll]])
    expect(await around(ctx, author, id)).toEqual([[], [toFans, toAuthor, toAll]])
    await foldReplies(ctx, author.accountId, id)
    expect(await repliesOf(ctx, null, id)).toBe(1)
    expect(await reconcileReplies(ctx, signal)).toBe(0)
    for (const each of [toFans, toAuthor, toAll]) await deletePost(ctx, guest, each)
    await foldReplies(ctx, author.accountId, id)
    expect(await repliesOf(ctx, null, id)).toBe(0)
  })

  test("of a direct one is whom it names, whatever was asked for", async ({ domain: { ctx } }) => {
    const [author, guest, other] = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
    const id = await aPost(ctx, author)
    const comment = await aComment(ctx, guest, id, { visibility: "direct" })
    const answer = await aComment(ctx, author, comment, { visibility: "public" })
    expect((await getPost(ctx, guest, answer)).visibility).toBe("direct")
    for (const viewer of [other, null]) await expect(getPost(ctx, viewer, answer)).rejects.toThrow(NotFound)
  })
})

describe("a conversation", () => {
  test("is told from any of its comments, each followed by what answers it", async ({
    domain: { ctx, trips },
  }) => {
    const [author, guest] = [await aMember(ctx), await aMember(ctx)]
    const id = await aPost(ctx, author)
    const first = await aComment(ctx, guest, id)
    const second = await aComment(ctx, author, id)
    const answer = await aComment(ctx, author, first)
    const last = await aComment(ctx, guest, answer)
    expect(await around(ctx, null, id)).toEqual([[], [first, answer, last, second]])
    expect(await around(ctx, guest, answer)).toEqual([[id, first], [last]])
    expect(await around(ctx, null, last)).toEqual([[id, first, answer], []])
    // Once warm, one statement for the thread, whatever it holds.
    await ctx.cache.idle()
    Object.assign(trips, { cache: 0, statements: 0 })
    await around(ctx, null, id)
    expect(trips).toEqual({ cache: 3, statements: 1 })
    await expect(around(ctx, null, NOWHERE)).rejects.toThrow(NotFound)
  })

  test("ends somewhere for those who are signed out", async ({ domain: { ctx } }) => {
    const [author, guest] = [await aMember(ctx), await aMember(ctx)]
    const thread = { id: await aPost(ctx, author), ownerId: author.accountId }
    const ids = await manyComments(ctx, guest, 62, thread)
    expect(await around(ctx, null, thread.id)).toEqual([[], ids.slice(0, 60)])
    expect(await around(ctx, guest, thread.id)).toEqual([[], ids])
    const other = { id: await aPost(ctx, author), ownerId: author.accountId }
    const deep = await manyComments(ctx, guest, 42, other, true)
    expect((await around(ctx, null, deep.at(-1) ?? ""))[0]).toEqual(deep.slice(1, 41))
    expect((await around(ctx, null, other.id))[1]).toEqual(deep.slice(0, 20))
  })
})

describe("deleting", () => {
  test("a post leaves its comments to those who wrote them, answering nothing", async ({
    domain: { ctx },
  }) => {
    const [author, guest, friend] = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
    await followAccount(ctx, friend, author.accountId)
    await followAccount(ctx, guest, author.accountId)
    const id = await aPost(ctx, author, { visibility: "private" })
    const comment = await aComment(ctx, guest, id)
    const answer = await aComment(ctx, friend, comment)
    await deletePost(ctx, author, id)
    const erase = () => erasePost(ctx, author.accountId, { postId: id, mediaIds: [] }, signal)
    await Promise.all([erase(), erase()])
    await erase()
    for (const viewer of [guest, friend]) {
      expect(await getPost(ctx, viewer, comment)).toMatchObject({
        in_reply_to_id: null,
        in_reply_to_account_id: author.accountId,
      })
    }
    await expect(getPost(ctx, null, comment)).rejects.toThrow(NotFound)
    expect(await around(ctx, friend, answer)).toEqual([[comment], []])
    await deletePost(ctx, guest, comment)
    const remains = { postId: comment, mediaIds: [], threadId: id, threadOwnerId: author.accountId }
    await erasePost(ctx, guest.accountId, remains, signal)
    expect(await notesOf(ctx, id, comment)).toBe(0)
  })

  test("a comment takes it, and what answered it, out of the conversation; again is not there", async ({
    domain: { ctx },
  }) => {
    const [author, guest] = [await aMember(ctx), await aMember(ctx)]
    const id = await aPost(ctx, author)
    const comment = await aComment(ctx, guest, id)
    const answer = await aComment(ctx, author, comment)
    await expect(deletePost(ctx, author, comment)).rejects.toThrow(NotFound)
    await deletePost(ctx, guest, comment)
    await expect(deletePost(ctx, guest, comment)).rejects.toThrow(NotFound)
    const remains = { postId: comment, mediaIds: [], threadId: id, threadOwnerId: author.accountId }
    await erasePost(ctx, guest.accountId, remains, signal)
    await foldReplies(ctx, author.accountId, id)
    expect(await repliesOf(ctx, null, id)).toBe(0)
    expect(await around(ctx, null, id)).toEqual([[], []])
    expect(await getPost(ctx, null, answer)).toMatchObject({ in_reply_to_id: null })
    expect(await around(ctx, null, answer)).toEqual([[], []])
  })

  test("a post while it is commented on leaves no comment that names it and no note", async ({
    domain: { ctx },
  }) => {
    const author = await aMember(ctx)
    const guests = await Promise.all(Array.from({ length: 4 }, () => aMember(ctx)))
    for (let round = 0; round < 6; round++) {
      const id = await aPost(ctx, author)
      const [, ...made] = await Promise.allSettled([
        deletePost(ctx, author, id).then(() =>
          erasePost(ctx, author.accountId, { postId: id, mediaIds: [] }, signal),
        ),
        ...guests.map((guest) => aComment(ctx, guest, id)),
      ])
      for (const each of made) {
        if (each.status === "rejected") expect(each.reason).toBeInstanceOf(NotFound)
        else expect((await getPost(ctx, null, each.value)).in_reply_to_id).toBeNull()
      }
    }
  })
})

describe("on a profile", () => {
  test("comments count as no posts, and stay away where they are asked to", async ({ domain: { ctx } }) => {
    const [author, guest] = [await aMember(ctx), await aMember(ctx)]
    const id = await aPost(ctx, author)
    const own = await aPost(ctx, guest)
    const words = await aComment(ctx, guest, id)
    const photo = await aComment(ctx, guest, id, { mediaIds: [await aPhoto(ctx, guest)] })
    const more = await aComment(ctx, guest, own, { mediaIds: [await aPhoto(ctx, guest)] })
    expect(await profile(ctx, null, guest)).toEqual([more, photo, words, own])
    expect(await profile(ctx, null, guest, { only_media: true })).toEqual([more, photo, own])
    expect(await profile(ctx, null, guest, { exclude_replies: true })).toEqual([more, own])
    expect((await countsOf(ctx, guest.accountId))?.statuses).toBe(2)
    await deletePost(ctx, guest, words)
    expect(await profile(ctx, null, guest)).toEqual([more, photo, own])
    expect((await countsOf(ctx, guest.accountId))?.statuses).toBe(2)
  })
})
