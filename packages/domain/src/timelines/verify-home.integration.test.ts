import { outbox } from "@tintype/db"
import { eq } from "drizzle-orm"
import { expect } from "vitest"
import { NotFound } from "../errors.ts"
import { deletePost } from "../posts/index.ts"
import { blockAccount, followAccount, muteAccount, unfollowAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aMember, aPost } from "../testing/members.ts"
import { explainHome } from "./explain-home.ts"
import { fanOutPost } from "./fan-out-post.ts"
import { encodeEntry } from "./home-entry.ts"
import { readHome } from "./read-home.ts"
import { verifyHome } from "./verify-home.ts"

const { signal } = new AbortController()

test("a warm timeline is compared with Postgres: what is missing, what is still to be told, what does not belong", async ({
  domain: { ctx },
}) => {
  const [viewer, author, stranger] = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
  await followAccount(ctx, viewer, author.accountId)
  const verify = () => verifyHome(ctx, viewer.accountId)
  expect(await verify()).toMatchObject({ state: "cold", missing: [] })
  const first = await aPost(ctx, author)
  await readHome(ctx, viewer, { limit: 20 })
  expect(await verify()).toEqual({ state: "warm", entries: 1, missing: [], untold: [], stray: [] })
  const second = await aPost(ctx, author)
  expect(await verify()).toMatchObject({ missing: [], untold: [second] })
  await ctx.db.delete(outbox).where(eq(outbox.name, "posts.fan-out"))
  expect(await verify()).toMatchObject({ missing: [second], untold: [] })
  await fanOutPost(ctx, author.accountId, second, signal)
  const odd = { id: await aPost(ctx, stranger), ownerId: stranger.accountId }
  await ctx.warmLists.home.push([viewer.accountId], encodeEntry(odd))
  await deletePost(ctx, author, first)
  expect(await verify()).toEqual({
    state: "warm",
    entries: 3,
    missing: [],
    untold: [],
    stray: [odd.id, first],
  })
  await unfollowAccount(ctx, viewer, author.accountId)
  expect(await verify()).toMatchObject({ state: "void" })
})

test("it is told why a post is on a timeline or is not", async ({ domain: { ctx } }) => {
  const [viewer, author, stranger] = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
  await followAccount(ctx, viewer, author.accountId)
  await readHome(ctx, viewer, { limit: 20 })
  const explain = (id: string) => explainHome(ctx, viewer.accountId, id)
  const statesOf = async (id: string) =>
    (await explain(id)).checks.map(({ name, state }) => `${name} ${state}`)
  const shown = await aPost(ctx, author, { visibility: "private" })
  expect(await explain(shown)).toMatchObject({
    shown: true,
    because: "visible",
    visibility: "private",
    warmList: "warm",
    inWarmList: false,
    untold: true,
  })
  const rows = ["there for", "followed for", "home for", "visible for"]
  expect(await statesOf(shown)).toEqual([...rows, "warm-list neutral", "told neutral"])
  await ctx.db.delete(outbox).where(eq(outbox.name, "posts.fan-out"))
  expect(await statesOf(shown)).toEqual([...rows, "warm-list against"])
  await fanOutPost(ctx, author.accountId, shown, signal)
  expect(await statesOf(`https://photos.example/@somebody/${shown}`)).toEqual([...rows, "warm-list for"])
  expect(await explain(await aPost(ctx, stranger))).toMatchObject({ shown: false, because: "followed" })
  const direct = await aPost(ctx, author, { visibility: "direct" })
  expect(await explain(direct)).toMatchObject({ shown: false, because: "visible" })
  expect(await explain(await aPost(ctx, viewer))).toMatchObject({ shown: true, because: "own" })
  await deletePost(ctx, author, shown)
  expect(await explain(shown)).toMatchObject({
    shown: false,
    because: "there",
    author: null,
    visibility: null,
    inWarmList: true,
  })
  await muteAccount(ctx, viewer, author.accountId, { notifications: true, duration: 60 })
  expect(await explain(direct)).toMatchObject({ shown: false, because: "muted" })
  await blockAccount(ctx, stranger, viewer.accountId)
  expect(await explain(await aPost(ctx, stranger))).toMatchObject({
    shown: false,
    because: "blocked",
    checks: [{}, { words: expect.stringContaining("is blocked by") }, {}, {}],
  })
  await expect(explain("https://photos.example/@somebody")).rejects.toThrow(NotFound)
})
