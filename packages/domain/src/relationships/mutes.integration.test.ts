import { describe, expect } from "vitest"
import type { Context } from "../context.ts"
import { Forbidden } from "../errors.ts"
import { test } from "../testing/domain-test.ts"
import { aMember } from "../testing/members.ts"
import { verifyCache } from "../verify-cache.ts"
import { listMutes } from "./list-barred.ts"
import { listRelationships } from "./list-relationships.ts"
import { muteAccount, unmuteAccount } from "./mute-account.ts"

const FOR_EVER = { notifications: true, duration: 0 }
const NOT = { muting: false, muting_notifications: false, muting_expires_at: null }

const inSeconds = (ctx: Context, seconds: number): Context => {
  const then = Date.now() + seconds * 1000
  return { ...ctx, now: () => new Date(then) }
}

describe("a mute", () => {
  test("is the member's own, and nobody else is told", async ({ domain: { ctx } }) => {
    const [one, other] = [await aMember(ctx), await aMember(ctx)]
    const id = other.accountId
    expect(await muteAccount(ctx, one, id, FOR_EVER)).toMatchObject({
      muting: true,
      muting_notifications: true,
      muting_expires_at: null,
    })
    expect(await listRelationships(ctx, other, [one.accountId])).toMatchObject([
      { ...NOT, blocked_by: false },
    ])
    expect(await muteAccount(ctx, one, id, { notifications: false, duration: 0 })).toMatchObject({
      muting: true,
      muting_notifications: false,
    })
    expect(await unmuteAccount(ctx, one, id)).toMatchObject(NOT)
    expect(await unmuteAccount(ctx, one, id)).toMatchObject(NOT)
    await expect(muteAccount(ctx, one, one.accountId, FOR_EVER)).rejects.toThrow(Forbidden)
  })

  test("for a time ends by itself, to the second", async ({ domain: { ctx } }) => {
    const [one, other] = [await aMember(ctx), await aMember(ctx)]
    const start = inSeconds(ctx, 0)
    const { muting_expires_at: ends } = await muteAccount(start, one, other.accountId, {
      notifications: true,
      duration: 3600,
    })
    expect(ends).toBe(new Date(start.now().getTime() + 3_600_000).toISOString())
    const [before, after] = [inSeconds(ctx, 3590), inSeconds(ctx, 3610)]
    expect(await listRelationships(before, one, [other.accountId])).toMatchObject([
      { muting: true, muting_expires_at: ends },
    ])
    expect((await listMutes(before, one, { limit: 40 })).items).toMatchObject([
      { id: other.accountId, mute_expires_at: ends },
    ])
    expect(await listRelationships(after, one, [other.accountId])).toMatchObject([NOT])
    expect((await listMutes(after, one, { limit: 40 })).items).toEqual([])
    expect((await verifyCache(ctx, { repair: false })).stale).toEqual([])
  })

  test("that is new comes first on the list, one that is changed stays where it is", async ({
    domain: { ctx },
  }) => {
    const one = await aMember(ctx)
    const others = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
    for (const { accountId } of others) await muteAccount(ctx, one, accountId, FOR_EVER)
    const [first, second, third] = others.map(({ accountId }) => accountId)
    const listed = async (at: Context, more = {}) =>
      (await listMutes(at, one, { limit: 2, ...more })).items.map(({ id }) => id)
    expect(await listed(ctx)).toEqual([third, second])
    await muteAccount(ctx, one, second ?? "", { notifications: true, duration: 60 })
    expect(await listed(ctx)).toEqual([third, second])
    const { oldest } = await listMutes(ctx, one, { limit: 2 })
    expect(await listed(ctx, { max_id: oldest })).toEqual([first])
    const later = inSeconds(ctx, 61)
    expect(await listed(later)).toEqual([third, first])
    await muteAccount(later, one, second ?? "", FOR_EVER)
    expect(await listed(later)).toEqual([second, third])
  })
})
