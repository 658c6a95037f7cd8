import { LIMITS } from "@tintype/contract/limits"
import { accounts, followers, follows, listMembers, lists } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { describe, expect } from "vitest"
import { readCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { Invalid, NotFound } from "../errors.ts"
import { followAccount, isAtHome, tieCard, unfollowAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aMember } from "../testing/members.ts"
import {
  addToList,
  createList,
  deleteList,
  getList,
  getListMembers,
  getLists,
  getListsWith,
  removeFromList,
  updateList,
} from "./index.ts"

/** A member, and others whom they follow. */
async function aCircle(ctx: Context, followees: number): Promise<[Actor, ...Actor[]]> {
  const owner = await aMember(ctx)
  const others = await Promise.all(Array.from({ length: followees }, () => aMember(ctx)))
  for (const other of others) await followAccount(ctx, owner, other.accountId)
  return [owner, ...others]
}

const membersOf = async (ctx: Context, owner: Actor, id: string) =>
  (await getListMembers(ctx, owner, id, { limit: 40 })).items.map((account) => account.id)

/** Whether an author's posts are on the member's home timeline, as the cache has it and as the table has it. */
async function atHome(ctx: Context, { accountId: followerId }: Actor, { accountId: followeeId }: Actor) {
  const [row] = await ctx.db
    .select({ home: follows.home })
    .from(follows)
    .where(and(eq(follows.followerId, followerId), eq(follows.followeeId, followeeId)))
  const cached = isAtHome(await readCard(ctx, tieCard.key({ followerId, followeeId })))
  expect(cached).toBe(row?.home)
  return cached
}

describe("lists", () => {
  test("are made, changed in part, and deleted, by whom they belong to and by nobody else", async ({
    domain: { ctx },
  }) => {
    const [owner, friend] = await aCircle(ctx, 1)
    if (!friend) throw new Error("no friend")
    const list = await createList(ctx, owner, { title: "  Coast " })
    expect(list).toEqual({ id: list.id, title: "Coast", replies_policy: "list", exclusive: false })
    const changed = await updateList(ctx, owner, list.id, { repliesPolicy: "none" })
    expect(changed).toEqual({ ...list, replies_policy: "none" })
    expect(await updateList(ctx, owner, list.id, { title: "Sea" })).toEqual({ ...changed, title: "Sea" })
    await addToList(ctx, owner, list.id, [friend.accountId])
    const others: ((id: string) => Promise<unknown>)[] = [
      (id) => getList(ctx, friend, id),
      (id) => updateList(ctx, friend, id, { title: "Mine" }),
      (id) => deleteList(ctx, friend, id),
      (id) => getListMembers(ctx, friend, id, { limit: 1 }),
      (id) => addToList(ctx, friend, id, []),
      (id) => removeFromList(ctx, friend, id, [friend.accountId]),
    ]
    for (const other of others) {
      for (const id of [list.id, "1", "x"]) await expect(other(id)).rejects.toThrow(NotFound)
    }
    expect(await getLists(ctx, friend)).toEqual([])
    expect(await getListsWith(ctx, friend, friend.accountId)).toEqual([])
    expect(await getListsWith(ctx, owner, friend.accountId)).toMatchObject([{ title: "Sea" }])
    await deleteList(ctx, owner, list.id)
    await expect(getList(ctx, owner, list.id)).rejects.toThrow(NotFound)
    expect(await ctx.db.$count(listMembers, eq(listMembers.ownerId, owner.accountId))).toBe(0)
  })

  test("have a title of their own, and a bound, also when many are made at once", async ({
    domain: { ctx },
  }) => {
    const owner = await aMember(ctx)
    const { lists: most, listTitleCharacters } = LIMITS
    for (const title of ["", " \n", "x".repeat(listTitleCharacters + 1)]) {
      await expect(createList(ctx, owner, { title })).rejects.toThrow(Invalid)
    }
    await createList(ctx, owner, { title: "📷".repeat(listTitleCharacters) })
    const rows = Array.from({ length: most - 3 }, (_, index) => ({
      ownerId: owner.accountId,
      id: sql`${index + 1}::bigint`,
      title: "x",
    }))
    await ctx.db.insert(lists).values(rows)
    const atOnce = <T>(work: () => Promise<T>) => Promise.allSettled(Array.from({ length: 10 }, work))
    // Connections are opened one after the other: with all of them open the calls meet.
    await atOnce(() => ctx.db.execute(sql`select pg_sleep(0.05)`))
    const racing = await atOnce(() => createList(ctx, owner, { title: "One more" }))
    expect(racing.filter(({ status }) => status === "fulfilled")).toHaveLength(2)
    expect(await getLists(ctx, owner)).toHaveLength(most)
  })

  test("take whom the member follows, or the member; all of a call or none, and twice is once", async ({
    domain: { ctx },
  }) => {
    const [owner, one, two] = await aCircle(ctx, 2)
    const stranger = await aMember(ctx)
    if (!one || !two) throw new Error("no members")
    const { id } = await createList(ctx, owner, { title: "Friends" })
    for (const other of [stranger.accountId, "1", "nobody"]) {
      await expect(addToList(ctx, owner, id, [one.accountId, other])).rejects.toThrow(NotFound)
    }
    expect(await membersOf(ctx, owner, id)).toEqual([])
    const both = [one.accountId, two.accountId, one.accountId]
    await Promise.all([1, 2, 3].map(() => addToList(ctx, owner, id, both)))
    await addToList(ctx, owner, id, [owner.accountId])
    const expected = [one, two, owner]
      .map(({ accountId }) => accountId)
      .toSorted((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1))
    expect(await membersOf(ctx, owner, id)).toEqual(expected)
    const page = await getListMembers(ctx, owner, id, { limit: 2 })
    expect(page.items).toHaveLength(2)
    const rest = await getListMembers(ctx, owner, id, { limit: 2, max_id: page.oldest ?? "" })
    expect(rest.items.map((account) => account.id)).toEqual(expected.slice(2))
    expect((await getListMembers(ctx, owner, id, { limit: 0 })).items).toHaveLength(3)
    await removeFromList(ctx, owner, id, [one.accountId, stranger.accountId])
    await removeFromList(ctx, owner, id, [one.accountId])
    expect(await membersOf(ctx, owner, id)).not.toContain(one.accountId)
  })

  test("are no longer than they may be", async ({ domain: { ctx } }) => {
    const [owner, one] = await aCircle(ctx, 1)
    const { id } = await createList(ctx, owner, { title: "Everybody" })
    const isList = sql`owner_id = ${owner.accountId}::bigint`
    await ctx.db.execute(sql`insert into list_members (owner_id, list_id, account_id)
      select owner_id, id, each from lists, generate_series(1, ${LIMITS.listMembers}) as each where ${isList}`)
    await expect(addToList(ctx, owner, id, [one?.accountId ?? ""])).rejects.toThrow(Invalid)
    expect(await ctx.db.$count(listMembers, isList)).toBe(LIMITS.listMembers)
  })

  test("lose whom the member no longer follows, and do not get them back by themselves", async ({
    domain: { ctx },
  }) => {
    const [owner, friend] = await aCircle(ctx, 1)
    if (!friend) throw new Error("no friend")
    const made = [
      await createList(ctx, owner, { title: "A" }),
      await createList(ctx, owner, { title: "B", exclusive: true }),
    ]
    for (const { id } of made) await addToList(ctx, owner, id, [friend.accountId])
    await unfollowAccount(ctx, owner, friend.accountId)
    expect(await getListsWith(ctx, owner, friend.accountId)).toEqual([])
    await followAccount(ctx, owner, friend.accountId)
    expect(await getListsWith(ctx, owner, friend.accountId)).toEqual([])
    expect(await atHome(ctx, owner, friend)).toBe(true)
  })
})

describe("who is on a list", () => {
  test("is followed, whichever of adding and unfollowing comes first", async ({ domain: { ctx } }) => {
    const [owner, friend] = await aCircle(ctx, 1)
    if (!friend) throw new Error("no friend")
    const { id } = await createList(ctx, owner, { title: "Exclusive", exclusive: true })
    for (let round = 0; round < 12; round++) {
      await followAccount(ctx, owner, friend.accountId)
      const [added] = await Promise.allSettled([
        addToList(ctx, owner, id, [friend.accountId]),
        unfollowAccount(ctx, owner, friend.accountId),
      ])
      if (added.status === "rejected") expect(added.reason).toBeInstanceOf(NotFound)
      expect(await membersOf(ctx, owner, id)).toEqual([])
    }
    expect(await ctx.db.$count(followers, eq(followers.followerId, owner.accountId))).toBe(0)
  })

  test("is on one that is there, whichever of adding and deleting comes first", async ({
    domain: { ctx },
  }) => {
    const [owner, friend] = await aCircle(ctx, 1)
    if (!friend) throw new Error("no friend")
    for (let round = 0; round < 8; round++) {
      const { id } = await createList(ctx, owner, { title: "Short", exclusive: true })
      const results = await Promise.allSettled([
        deleteList(ctx, owner, id),
        addToList(ctx, owner, id, [friend.accountId]),
        deleteList(ctx, owner, id),
      ])
      expect(results.filter(({ status }) => status === "rejected").length).toBeGreaterThan(0)
      expect(await ctx.db.$count(listMembers, eq(listMembers.ownerId, owner.accountId))).toBe(0)
      expect(await atHome(ctx, owner, friend)).toBe(true)
    }
  })

  test("is off the home timeline while any of their lists is exclusive, however the changes race", async ({
    domain: { ctx },
  }) => {
    const [owner, one, two] = await aCircle(ctx, 2)
    if (!one || !two) throw new Error("no members")
    const [a, b] = [
      await createList(ctx, owner, { title: "A" }),
      await createList(ctx, owner, { title: "B" }),
    ]
    const both = [one.accountId, two.accountId]
    await addToList(ctx, owner, a.id, both)
    const acts = [
      () => updateList(ctx, owner, a.id, { exclusive: true }),
      () => updateList(ctx, owner, b.id, { exclusive: true }),
      () => addToList(ctx, owner, b.id, both),
      () => removeFromList(ctx, owner, b.id, both),
      () => removeFromList(ctx, owner, a.id, [one.accountId]),
      () => addToList(ctx, owner, a.id, both),
      () => updateList(ctx, owner, a.id, { exclusive: false }),
    ]
    for (let round = 0; round < 10; round++) {
      await Promise.all(acts.map((_, index) => acts[(index * 3 + round) % acts.length]?.()))
      const lists = await getLists(ctx, owner)
      const exclusive = new Set(lists.filter((list) => list.exclusive).map(({ id }) => id))
      for (const member of [one, two]) {
        const on = await getListsWith(ctx, owner, member.accountId)
        expect(await atHome(ctx, owner, member)).toBe(!on.some(({ id }) => exclusive.has(id)))
      }
    }
    const [row] = await ctx.db.select().from(accounts).where(eq(accounts.id, owner.accountId))
    expect(row?.followingCount).toBe(2)
  })
})
