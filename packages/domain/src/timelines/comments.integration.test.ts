import { expect } from "vitest"
import type { Actor, Context } from "../context.ts"
import { addToList, createList } from "../lists/index.ts"
import type { PostPage } from "../posts/index.ts"
import { followAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aComment, aMember, aPhoto, aPost } from "../testing/members.ts"
import { explainHome } from "./explain-home.ts"
import { fanOutPost } from "./fan-out-post.ts"
import { encodeEntry } from "./home-entry.ts"
import { readHome } from "./read-home.ts"
import { readList } from "./read-list.ts"
import { readPublic } from "./read-public.ts"
import { readTag } from "./read-tag.ts"
import { verifyHome } from "./verify-home.ts"

const { signal } = new AbortController()
const LIMIT = { limit: 20 }

const idsOf = async (page: Promise<PostPage>): Promise<string[]> =>
  JSON.parse((await page).items.text).map(({ id }: { id: string }) => id)

/** Two authors, and what they posted and said: a photo each, and all kinds of comments. */
async function aTalk(ctx: Context) {
  const [author, guest] = [await aMember(ctx), await aMember(ctx)]
  const photo = async (by: Actor) => ({ caption: "#sea", mediaIds: [await aPhoto(ctx, by)] })
  const first = await aPost(ctx, author, { caption: "#sea" })
  const comments = [
    await aComment(ctx, guest, first, { caption: "#sea" }),
    await aComment(ctx, guest, first, await photo(guest)),
    await aComment(ctx, author, first, { caption: "#sea" }),
  ]
  // In photos of one's own, on one's own: the author goes on.
  const second = await aComment(ctx, author, first, await photo(author))
  const other = comments[1] ?? first
  comments.push(await aComment(ctx, guest, other, await photo(guest)))
  return { author, guest, comments, shown: [second, first] }
}

test("comments stand on no timeline, unless their author goes on with an own post in photos", async ({
  domain: { ctx },
}) => {
  const viewer = await aMember(ctx)
  await readHome(ctx, viewer, LIMIT)
  const { author, guest, comments, shown } = await aTalk(ctx)
  const { id: list } = await createList(ctx, viewer, { title: "Both" })
  for (const { accountId } of [author, guest]) {
    await followAccount(ctx, viewer, accountId)
    await addToList(ctx, viewer, list, [accountId])
  }
  const home = () => idsOf(readHome(ctx, viewer, LIMIT))
  // Cold from Postgres, and then from the warm list.
  for (const _ of [1, 2]) expect(await home()).toEqual(shown)
  expect(await idsOf(readList(ctx, viewer, list, LIMIT))).toEqual(shown)
  for (const each of [viewer, null]) {
    expect(await idsOf(readPublic(ctx, each, LIMIT))).toEqual(shown)
    expect(await idsOf(readTag(ctx, each, "sea", { ...LIMIT, any: [], all: [], none: [] }))).toEqual(shown)
  }
  // Nobody is told of one, and a list that names it all the same is not believed.
  const [said = ""] = comments
  await fanOutPost(ctx, guest.accountId, said, signal)
  expect((await ctx.warmLists.home.read(viewer.accountId))?.entries).toHaveLength(shown.length)
  expect(await verifyHome(ctx, viewer.accountId)).toMatchObject({ missing: [], untold: [], stray: [] })
  for (const id of comments) {
    const ownerId = id === comments[2] ? author.accountId : guest.accountId
    await ctx.warmLists.home.push([viewer.accountId], encodeEntry({ id, ownerId }))
    expect(await explainHome(ctx, viewer.accountId, id)).toMatchObject({ shown: false, because: "in-feeds" })
  }
  expect(await home()).toEqual(shown)
  expect((await verifyHome(ctx, viewer.accountId)).stray.toSorted()).toEqual(comments.toSorted())
  expect(await explainHome(ctx, viewer.accountId, shown[0] ?? "")).toMatchObject({ shown: true })
})
