import type { Visibility } from "@tintype/contract"
import { media, type PostId, posts, postTags } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { expect } from "vitest"
import { loadCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { followAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aComment, aMember, aPhoto, aPost } from "../testing/members.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { foldReplies } from "./fold-counts.ts"
import { getPost } from "./get-post.ts"
import { narrowComments } from "./narrow-comments.ts"
import { postCard } from "./post-card.ts"
import { reconcileReplies } from "./reconcile-counted.ts"

const { signal } = new AbortController()

test("comments become for fewer with what they answer, and never for more", async ({ domain: { ctx } }) => {
  const [author, guest, fan, friend] = await Promise.all([1, 2, 3, 4].map(() => aMember(ctx)))
  if (!author || !guest || !fan || !friend) throw new Error("no members")
  await followAccount(ctx, fan, guest.accountId)
  await followAccount(ctx, friend, author.accountId)
  const id = await aPost(ctx, author)
  const toAll = await aComment(ctx, guest, id)
  const toFans = await aComment(ctx, guest, id, { visibility: "private" })
  const answer = await aComment(ctx, friend, toAll)
  const photo = await aPhoto(ctx, author)
  const more = await aComment(ctx, author, id, { caption: "#narrowed", mediaIds: [photo] })
  const seenBy = async (viewer: Actor | null) => {
    const all = [id, toAll, toFans, answer, more]
    const seen = await Promise.allSettled(all.map((each) => getPost(ctx, viewer, each)))
    return all.filter((_, index) => seen[index]?.status === "fulfilled")
  }
  expect(await seenBy(fan)).toEqual([id, toAll, toFans, answer, more])
  for (const visibility of ["private", "public", "direct"] as const) {
    await setVisibility(ctx, author, id, visibility)
    for (const each of [id, toAll, toFans, more]) await narrowComments(ctx, each, signal)
    await foldReplies(ctx, author.accountId, id)
    expect(await ctx.db.$count(postTags, eq(postTags.tag, "narrowed"))).toBe(0)
    // Its links from before lead nowhere.
    expect(await ctx.db.$count(media, and(eq(media.id, photo), eq(media.readyAttempt, 1)))).toBe(0)
    expect(await reconcileReplies(ctx, signal)).toBe(0)
    if (visibility === "direct") continue
    const open = visibility === "public" ? [id] : []
    for (const viewer of [fan, null]) expect(await seenBy(viewer)).toEqual(open)
    expect(await seenBy(friend)).toEqual([id, toAll, answer, more])
    expect(await seenBy(guest)).toEqual([...open, toAll, toFans, answer])
    expect(await getPost(ctx, author, id)).toMatchObject({ replies_count: 2 })
  }
  for (const viewer of [fan, null]) expect(await seenBy(viewer)).toEqual([])
  expect(await seenBy(friend)).toEqual([answer])
  expect(await seenBy(author)).toEqual([id, toAll, toFans, more])
  expect(await getPost(ctx, author, id)).toMatchObject({ replies_count: 0 })
})

/** As an author changes who may see a post. */
async function setVisibility(ctx: Context, { accountId }: Actor, id: PostId, visibility: Visibility) {
  await unitOfWork(ctx, accountId, async (unit) => {
    await unit.db
      .update(posts)
      .set({ visibility, version: sql`${posts.version} + 1` })
      .where(and(eq(posts.ownerId, accountId), eq(posts.id, id)))
    unit.put(postCard.key(id), await loadCard(unit.db, postCard.key(id)))
  })
}
