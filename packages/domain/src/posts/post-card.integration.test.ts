import { media, parseId, usernames } from "@tintype/db"
import { eq } from "drizzle-orm"
import { expect } from "vitest"
import { readAccountCard } from "../accounts/index.ts"
import { loadCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { test } from "../testing/domain-test.ts"
import { aDraft, aMember, aPhoto } from "../testing/members.ts"
import { createPost } from "./create-post.ts"
import { getPost } from "./get-post.ts"
import { postCard } from "./post-card.ts"
import type { PostInput } from "./post-draft.ts"

/** Makes a post, and compares what is cached of it and what its author is told with its rows. */
async function aComparedPost(ctx: Context, author: Actor, input: PostInput): Promise<string> {
  const answer = await createPost(ctx, author, input)
  const id = parseId<"post">(answer.id)
  if (!id) throw new Error("no post")
  const never = () => Promise.reject(new Error("it was not cached"))
  const row = await loadCard(ctx.db, postCard.key(id))
  expect(await ctx.cache.read(postCard.key(id), never)).toEqual(row.value)
  expect(answer).toEqual(await getPost(ctx, author, id))
  return id
}

test("what is cached of a new post is what its rows say, and so is the answer", async ({
  domain: { ctx },
}) => {
  const [author, guest] = [await aMember(ctx), await aMember(ctx)]
  const [last = "", first = "", second = ""] = [
    await aPhoto(ctx, author),
    await aPhoto(ctx, author),
    await aPhoto(ctx, author),
  ]
  await ctx.db
    .update(media)
    .set({ description: "A lake", focusX: 0.1, focusY: -1 / 3, blurhash: "LEHV6nWB2yk8", animated: true })
    .where(eq(media.originalBytes, 1))
  const { username } = await readAccountCard(ctx, guest.accountId)
  await ctx.db.insert(usernames).values({ name: username, accountId: guest.accountId })
  const caption = `For @${username} and nobody else #lake #Boat`
  const told = { caption, spoilerText: "Water", language: "en", visibility: "private" } as const
  const id = await aComparedPost(ctx, author, aDraft([first, second, last], told))
  const answer = { inReplyToId: id, caption: "And another one", visibility: undefined }
  await aComparedPost(ctx, guest, aDraft([], answer))
  await aComparedPost(ctx, author, aDraft([], answer))
  await aComparedPost(ctx, author, aDraft([await aPhoto(ctx, author)], answer))
})
