import { posts } from "@tintype/db"
import { eq } from "drizzle-orm"
import { describe, expect } from "vitest"
import { Conflict, NotFound } from "../errors.ts"
import { test } from "../testing/domain-test.ts"
import { aDraft, aMember, aPhoto, aPost } from "../testing/members.ts"
import { createPost } from "./create-post.ts"
import { deletePost } from "./delete-post.ts"

describe("a repeated call with an Idempotency-Key", () => {
  test("gives the comment when what it answers has gone since, and never makes another one", async ({
    domain: { ctx },
  }) => {
    const [author, guest] = [await aMember(ctx), await aMember(ctx)]
    const id = await aPost(ctx, author)
    const draft = aDraft([], { inReplyToId: id })
    const say = (change: Partial<typeof draft> = {}) => createPost(ctx, guest, { ...draft, ...change }, "key")
    const first = await say()
    await deletePost(ctx, author, id)
    expect((await say()).id).toBe(first.id)
    await expect(say({ caption: "Something else" })).rejects.toThrow(Conflict)
    await expect(createPost(ctx, guest, draft, "another key")).rejects.toThrow(NotFound)
    await deletePost(ctx, guest, first.id)
    await expect(say()).rejects.toThrow(NotFound)
    expect(await ctx.db.$count(posts, eq(posts.ownerId, guest.accountId))).toBe(0)
  })

  test("gives no other post when the first one was deleted", async ({ domain: { ctx } }) => {
    const author = await aMember(ctx)
    const draft = aDraft([await aPhoto(ctx, author)])
    const first = await createPost(ctx, author, draft, "key")
    await deletePost(ctx, author, first.id)
    await expect(createPost(ctx, author, draft, "key")).rejects.toThrow(NotFound)
    expect(await ctx.db.$count(posts, eq(posts.ownerId, author.accountId))).toBe(0)
  })
})
