import type { Paging, Status } from "@tintype/contract"
import { usernames } from "@tintype/db"
import { describe, expect } from "vitest"
import { getAccount } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { deletePost, type PostRef } from "../posts/index.ts"
import { foldFollowers, followAccount, unfollowAccount } from "../relationships/index.ts"
import { type Domain, test } from "../testing/domain-test.ts"
import { aMember, aPost, manyPosts } from "../testing/members.ts"
import { fanOutPost } from "./fan-out-post.ts"
import { encodeEntry } from "./home-entry.ts"
import { loadSkeleton } from "./home-skeleton.ts"
import { readHome } from "./read-home.ts"
import { verifyHome } from "./verify-home.ts"

const { signal } = new AbortController()
const DAY_MS = 24 * 3600 * 1000

/** Pushes to two followers at most. */
const small = ({ ctx }: Domain): Context => ({ ...ctx, settings: { ...ctx.settings, pushedFollowers: 2 } })

async function idsOf(ctx: Context, viewer: Actor, paging: Partial<Paging> = {}): Promise<string[]> {
  const { items } = await readHome(ctx, viewer, { limit: 20, ...paging })
  return (JSON.parse(items.text) as Status[]).map(({ id }) => id)
}

async function post(ctx: Context, author: Actor, change = {}) {
  const id = await aPost(ctx, author, change)
  await fanOutPost(ctx, author.accountId, id, signal)
  return { id, ownerId: author.accountId }
}

async function follow(ctx: Context, viewer: Actor, author: Actor): Promise<void> {
  await followAccount(ctx, viewer, author.accountId)
  await foldFollowers(ctx, author.accountId)
}

async function leave(ctx: Context, viewer: Actor, author: Actor): Promise<void> {
  await unfollowAccount(ctx, viewer, author.accountId)
  await foldFollowers(ctx, author.accountId)
}

/** An author with so many followers, of whom the first one's timeline is warm. */
async function aFollowedAuthor(ctx: Context, followers: number) {
  const author = await aMember(ctx)
  const fans = await Promise.all(Array.from({ length: followers }, () => aMember(ctx)))
  for (const fan of fans) await follow(ctx, fan, author)
  const [viewer, ...others] = fans
  if (!viewer) throw new Error("nobody follows")
  await idsOf(ctx, viewer)
  return { author, viewer, others }
}

const isPushed = async (ctx: Context, viewer: Actor, ref: PostRef | undefined) =>
  ref && (await ctx.warmLists.home.read(viewer.accountId))?.entries.includes(encodeEntry(ref))

describe("an author with very many followers", () => {
  test("is merged when a timeline is read, for one more round trip", async ({ domain }) => {
    const ctx = small(domain)
    const { author, viewer } = await aFollowedAuthor(ctx, 3)
    const other = await aMember(ctx)
    await follow(ctx, viewer, other)
    await idsOf(ctx, viewer)
    const refs = [await post(ctx, author), await post(ctx, other), await post(ctx, author)]
    expect(await Promise.all(refs.map((ref) => isPushed(ctx, viewer, ref)))).toEqual([false, true, false])
    const expected = refs.map(({ id }) => id).reverse()
    expect(await idsOf(ctx, viewer)).toEqual(expected)
    expect(await verifyHome(ctx, viewer.accountId)).toMatchObject({ state: "warm", missing: [], stray: [] })
    await ctx.cache.idle()
    Object.assign(domain.trips, { cache: 0, statements: 0 })
    expect(await idsOf(ctx, viewer)).toEqual(expected)
    expect(domain.trips).toEqual({ cache: 3, statements: 0 })
  })

  test("is not missed by who read before there were so many, nor when there are fewer again", async ({
    domain,
  }) => {
    const ctx = small(domain)
    const { author, viewer, others } = await aFollowedAuthor(ctx, 2)
    const refs = [await post(ctx, author)]
    expect(await isPushed(ctx, viewer, refs[0])).toBe(true)
    await idsOf(ctx, viewer)
    const third = await aMember(ctx)
    await follow(ctx, third, author)
    refs.push(await post(ctx, author))
    for (const each of [third, ...others]) await leave(ctx, each, author)
    refs.push(await post(ctx, author))
    expect(await Promise.all([1, 2].map((nth) => isPushed(ctx, viewer, refs[nth])))).toEqual([false, true])
    expect(await idsOf(ctx, viewer)).toEqual(refs.map(({ id }) => id).reverse())
    const later = { ...ctx, now: () => new Date(Date.now() + 20 * DAY_MS) }
    refs.push(await post(later, author))
    expect(await isPushed(later, viewer, refs[3])).toBe(true)
    expect(await idsOf(later, viewer)).toEqual(refs.map(({ id }) => id).reverse())
  })

  test("is gone from the timeline with an unfollow, and a post with its deletion", async ({ domain }) => {
    const ctx = small(domain)
    const { author, viewer } = await aFollowedAuthor(ctx, 3)
    const [kept, gone] = [await post(ctx, author, { visibility: "private" }), await post(ctx, author)]
    expect(await idsOf(ctx, viewer)).toEqual([gone.id, kept.id])
    await deletePost(ctx, author, gone.id)
    expect(await idsOf(ctx, viewer)).toEqual([kept.id])
    await leave(ctx, viewer, author)
    expect(await idsOf(ctx, viewer)).toEqual([])
    await follow(ctx, viewer, author)
    expect(await idsOf(ctx, viewer)).toEqual([kept.id])
  })

  test("writes to one follower alone", async ({ domain }) => {
    const ctx = small(domain)
    const { author, viewer, others } = await aFollowedAuthor(ctx, 3)
    const [other] = others
    if (!other) throw new Error("nobody else")
    await idsOf(ctx, other)
    await post(ctx, author)
    const { acct } = await getAccount(ctx, null, viewer.accountId)
    await ctx.db.insert(usernames).values({ name: acct, accountId: viewer.accountId })
    const direct = await post(ctx, author, { caption: `@${acct} look`, visibility: "direct" })
    expect(await idsOf(ctx, viewer)).toContain(direct.id)
    expect(await idsOf(ctx, other)).not.toContain(direct.id)
  })

  test("is read on and on, by whichever cursor", async ({ domain }) => {
    const ctx = small(domain)
    const { author, viewer } = await aFollowedAuthor(ctx, 3)
    const other = await aMember(ctx)
    await follow(ctx, viewer, other)
    const ids: string[] = []
    for (let round = 0; round < 6; round++) {
      for (const each of [author, other]) ids.push(...(await manyPosts(ctx, each, 75)))
    }
    await post(ctx, author)
    await idsOf(ctx, viewer)
    ids.push((await post(ctx, author)).id)
    const picked = [0, 3, 380, 420, 600, 840, 880, 899, 900].map((index) => ids[index])
    for (const name of ["max_id", "min_id", "since_id"] as const) {
      for (const cursor of picked) {
        const paging: Paging = { limit: 20, ...(cursor && { [name]: cursor }) }
        const expected = await loadSkeleton(ctx.db, viewer.accountId, paging, "lasting")
        expect([paging, await idsOf(ctx, viewer, paging)]).toEqual([paging, expected.map(({ id }) => id)])
      }
    }
  })
})
