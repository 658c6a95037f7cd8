import { followers, follows } from "@tintype/db"
import { and, eq } from "drizzle-orm"
import { describe, expect } from "vitest"
import { getAccount } from "../accounts/index.ts"
import { Forbidden } from "../errors.ts"
import { test } from "../testing/domain-test.ts"
import { aMember, countsOf } from "../testing/members.ts"
import { foldFollowers } from "./fold-followers.ts"
import { followAccount, unfollowAccount } from "./follow-account.ts"
import { listRelationships } from "./list-relationships.ts"

describe("follows", () => {
  test("that race with unfollows end as one state, counted exactly on both sides", async ({
    domain: { ctx },
  }) => {
    const star = await aMember(ctx)
    const fans = await Promise.all(Array.from({ length: 4 }, () => aMember(ctx)))
    const fold = () => foldFollowers(ctx, star.accountId)
    for (let round = 0; round < 3; round++) {
      await Promise.all([
        ...fans.flatMap((fan) => [
          followAccount(ctx, fan, star.accountId),
          unfollowAccount(ctx, fan, star.accountId),
          followAccount(ctx, fan, star.accountId),
        ]),
        fold(),
      ])
    }
    await Promise.all([fold(), fold()])
    const edges = await ctx.db
      .select({ id: follows.followerId })
      .from(follows)
      .where(and(eq(follows.followeeId, star.accountId), eq(follows.active, true)))
    const mirrored = await ctx.db
      .select({ id: followers.followerId })
      .from(followers)
      .where(eq(followers.followeeId, star.accountId))
    const ids = edges.map(({ id }) => id).sort()
    expect(mirrored.map(({ id }) => id).sort()).toEqual(ids)
    expect((await getAccount(ctx, null, star.accountId)).followers_count).toBe(ids.length)
    expect((await countsOf(ctx, star.accountId))?.followers).toBe(ids.length)
    for (const fan of fans) {
      const following = ids.includes(fan.accountId)
      expect((await countsOf(ctx, fan.accountId))?.following).toBe(following ? 1 : 0)
      expect(await listRelationships(ctx, fan, [star.accountId])).toMatchObject([{ following }])
    }
  })

  test("of two members, of each other at once, both stand", async ({ domain: { ctx } }) => {
    const [one, other] = [await aMember(ctx), await aMember(ctx)]
    await Promise.all([followAccount(ctx, one, other.accountId), followAccount(ctx, other, one.accountId)])
    expect(await listRelationships(ctx, one, [other.accountId])).toMatchObject([
      { following: true, followed_by: true },
    ])
  })

  test("given twice are one, and nobody follows themselves", async ({ domain: { ctx } }) => {
    const [one, other] = [await aMember(ctx), await aMember(ctx)]
    await Promise.all([1, 2, 3].map(() => followAccount(ctx, one, other.accountId)))
    await foldFollowers(ctx, other.accountId)
    expect(await countsOf(ctx, one.accountId)).toMatchObject({ following: 1 })
    expect(await countsOf(ctx, other.accountId)).toMatchObject({ followers: 1 })
    await expect(followAccount(ctx, one, one.accountId)).rejects.toThrow(Forbidden)
  })
})
