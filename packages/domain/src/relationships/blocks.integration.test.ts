import { followers, follows, listMembers } from "@tintype/db"
import { and, eq } from "drizzle-orm"
import { describe, expect } from "vitest"
import { listDirectory } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { Forbidden, NotFound } from "../errors.ts"
import { addToList, createList } from "../lists/index.ts"
import { favouritePost, getPost, listFavouriters } from "../posts/index.ts"
import { test } from "../testing/domain-test.ts"
import { aMember, aPost, countsOf } from "../testing/members.ts"
import { verifyCache } from "../verify-cache.ts"
import { blockAccount, unblockAccount } from "./block-account.ts"
import { foldFollowers } from "./fold-followers.ts"
import { followAccount, removeFollower, unfollowAccount } from "./follow-account.ts"
import { listBlocks } from "./list-barred.ts"
import { listFollowers, listFollowing } from "./list-followers.ts"
import { listRelationships } from "./list-relationships.ts"
import { muteAccount } from "./mute-account.ts"

const PAGE = { limit: 40 }

async function friends(ctx: Context): Promise<[Actor, Actor]> {
  const [one, other] = [await aMember(ctx), await aMember(ctx)]
  await followAccount(ctx, one, other.accountId)
  await followAccount(ctx, other, one.accountId)
  return [one, other]
}

const rowsBetween = async ({ db }: Context, one: Actor, other: Actor) => ({
  edges: await db
    .select({ active: follows.active })
    .from(follows)
    .where(and(eq(follows.followerId, one.accountId), eq(follows.followeeId, other.accountId))),
  mirrored: await db
    .select({ id: followers.followerId })
    .from(followers)
    .where(and(eq(followers.followeeId, other.accountId), eq(followers.followerId, one.accountId))),
  onLists: await db
    .select({ id: listMembers.listId })
    .from(listMembers)
    .where(and(eq(listMembers.ownerId, one.accountId), eq(listMembers.accountId, other.accountId))),
})

describe("a block", () => {
  test("ends what both had to do with each other, and lets neither follow again", async ({
    domain: { ctx },
  }) => {
    const [one, other] = await friends(ctx)
    for (const [owner, member] of [
      [one, other],
      [other, one],
    ] as const) {
      const { id } = await createList(ctx, owner, { title: "Some" })
      await addToList(ctx, owner, id, [member.accountId])
    }
    expect(await blockAccount(ctx, one, other.accountId)).toMatchObject({
      ...{ blocking: true, blocked_by: false, following: false, followed_by: false },
    })
    expect(await blockAccount(ctx, one, other.accountId)).toMatchObject({ blocking: true })
    for (const actor of [one, other]) {
      await foldFollowers(ctx, actor.accountId)
      expect(await countsOf(ctx, actor.accountId)).toMatchObject({ followers: 0, following: 0 })
    }
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      const ended = { edges: [{ active: false }], mirrored: [], onLists: [] }
      expect(await rowsBetween(ctx, from, to)).toEqual(ended)
      await expect(followAccount(ctx, from, to.accountId)).rejects.toThrow(Forbidden)
    }
    const [back] = await listRelationships(ctx, other, [one.accountId])
    expect(back).toMatchObject({ blocking: false, blocked_by: true, following: false })
    await unblockAccount(ctx, one, other.accountId)
    expect(await listRelationships(ctx, other, [one.accountId])).toMatchObject([
      { blocked_by: false, following: false, followed_by: false },
    ])
    expect(await followAccount(ctx, other, one.accountId)).toMatchObject({ following: true })
  })

  test("of each other is two: one that ends leaves the other", async ({ domain: { ctx } }) => {
    const [one, other] = [await aMember(ctx), await aMember(ctx)]
    await Promise.all([blockAccount(ctx, one, other.accountId), blockAccount(ctx, other, one.accountId)])
    const both = { blocking: true, blocked_by: true }
    expect(await listRelationships(ctx, one, [other.accountId])).toMatchObject([both])
    expect(await unblockAccount(ctx, one, other.accountId)).toMatchObject({ ...both, blocking: false })
    await expect(followAccount(ctx, one, other.accountId)).rejects.toThrow(Forbidden)
    await expect(blockAccount(ctx, one, one.accountId)).rejects.toThrow(Forbidden)
    await expect(blockAccount(ctx, one, "12")).rejects.toThrow(NotFound)
  })

  test("that races with follows leaves none of them standing", async ({ domain: { ctx } }) => {
    const [one, other] = [await aMember(ctx), await aMember(ctx)]
    const may = (doing: Promise<unknown>) =>
      doing.catch((error: unknown) => expect(error).toBeInstanceOf(Forbidden))
    for (let round = 0; round < 12; round++) {
      await Promise.all([
        may(followAccount(ctx, one, other.accountId)),
        may(followAccount(ctx, other, one.accountId)),
        blockAccount(ctx, one, other.accountId),
        round % 3 ? may(unfollowAccount(ctx, other, one.accountId)) : blockAccount(ctx, other, one.accountId),
        may(followAccount(ctx, other, one.accountId)),
      ])
      const both = [
        [one, other],
        [other, one],
      ] as const
      for (const [from, to] of both) {
        const { edges, mirrored } = await rowsBetween(ctx, from, to)
        expect({ edges, mirrored }).toEqual({ edges: [{ active: false }], mirrored: [] })
        expect(await listRelationships(ctx, from, [to.accountId])).toMatchObject([{ following: false }])
        await foldFollowers(ctx, from.accountId)
        expect(await countsOf(ctx, from.accountId)).toMatchObject({ followers: 0, following: 0 })
      }
      for (const [from, to] of both) await unblockAccount(ctx, from, to.accountId)
    }
    expect((await verifyCache(ctx, { repair: false })).stale).toEqual([])
  })

  test("keeps names off lists of people, and both from naming each other", async ({ domain: { ctx } }) => {
    const [star, fan, foe] = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
    const post = await aPost(ctx, star)
    for (const each of [fan, foe]) {
      await followAccount(ctx, each, star.accountId)
      await favouritePost(ctx, each, post)
    }
    await blockAccount(ctx, foe, fan.accountId)
    const names = async (viewer: Actor | null) => {
      const ids = [star, fan, foe].map(({ accountId }) => accountId as string)
      const all = {
        followers: (await listFollowers(ctx, viewer, star.accountId, PAGE)).items,
        favouriters: (await listFavouriters(ctx, viewer, post, PAGE)).items,
        directory: await listDirectory(ctx, viewer, { limit: 80, offset: 0 }),
      }
      return Object.values(all).map((items) => items.map(({ id }) => id).filter((id) => ids.includes(id)))
    }
    const everybody = [[fan.accountId, foe.accountId].sort(), [fan.accountId, foe.accountId].sort()]
    for (const [viewer, left] of [
      [fan, fan],
      [foe, foe],
    ] as const) {
      const [ofStar, ofPost, found] = await names(viewer)
      expect([ofStar, ofPost]).toEqual([[left.accountId], [left.accountId]])
      expect(found).not.toContain((viewer === fan ? foe : fan).accountId)
    }
    const [ofStar, ofPost] = await names(star)
    expect([ofStar?.sort(), ofPost?.sort()]).toEqual(everybody)
    expect((await listFollowing(ctx, fan, foe.accountId, PAGE)).items).toEqual([])
    expect((await listFollowing(ctx, foe, fan.accountId, PAGE)).items).toHaveLength(1)
    const { accountId } = fan
    const [fanName] = (await listFollowers(ctx, null, star.accountId, PAGE)).items.filter(
      ({ id }) => id === accountId,
    )
    const named = await aPost(ctx, foe, { caption: `Hello @${fanName?.username}`, visibility: "direct" })
    expect((await getPost(ctx, foe, named)).mentions).toEqual([])
    await expect(getPost(ctx, fan, named)).rejects.toThrow(NotFound)
  })

  test("stands on the member's list, the last one first", async ({ domain: { ctx } }) => {
    const one = await aMember(ctx)
    const others = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
    for (const { accountId } of others) await blockAccount(ctx, one, accountId)
    const ids = others.map(({ accountId }) => accountId).reverse()
    const first = await listBlocks(ctx, one, { limit: 2 })
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const second = await listBlocks(ctx, one, { limit: 2, max_id: first.oldest ?? "" })
    expect(second.items.map(({ id }) => id)).toEqual(ids.slice(2))
    const before = await listBlocks(ctx, one, { limit: 2, min_id: second.newest ?? "" })
    expect(before.items.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    await unblockAccount(ctx, one, ids[1] ?? "")
    expect((await listBlocks(ctx, one, PAGE)).items.map(({ id }) => id)).toEqual([ids[0], ids[2]])
  })
})

test("a follower who is removed may come back, and their own follow of others stays", async ({
  domain: { ctx },
}) => {
  const [one, other] = await friends(ctx)
  await muteAccount(ctx, other, one.accountId, { notifications: false, duration: 0 })
  expect(await removeFollower(ctx, one, other.accountId)).toMatchObject({
    following: true,
    followed_by: false,
  })
  expect(await listRelationships(ctx, other, [one.accountId])).toMatchObject([
    { following: false, muting: true, muting_notifications: false },
  ])
  expect(await followAccount(ctx, other, one.accountId)).toMatchObject({ following: true, muting: true })
})
