import { type AccountId, followers } from "@tintype/db"
import { sql } from "drizzle-orm"
import { expect } from "vitest"
import { followAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aMember, aPost } from "../testing/members.ts"
import { fanOutPost } from "./fan-out-post.ts"
import { encodeEntry } from "./home-entry.ts"
import { FOLLOWERS_AT_ONCE, followersOf } from "./read-followers.ts"
import { readHome } from "./read-home.ts"
import { homeList } from "./warm-lists.ts"

test("a post is told to the first and the last of more followers than are read at once", async ({
  domain: { ctx },
}) => {
  const [author, first, last] = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
  for (const viewer of [first, last]) {
    await followAccount(ctx, viewer, author.accountId)
    await readHome(ctx, viewer, { limit: 20 })
  }
  const count = 2 * FOLLOWERS_AT_ONCE
  await ctx.db.execute(sql`
    insert into ${followers} (followee_id, follower_id)
    select ${author.accountId}::bigint, ${first.accountId}::bigint + n from generate_series(1, ${count}::int) n`)
  const pages: AccountId[][] = []
  for await (const page of followersOf(ctx.db, author.accountId)) pages.push(page)
  expect(pages.map((page) => page.length)).toEqual([FOLLOWERS_AT_ONCE, FOLLOWERS_AT_ONCE, 2])
  const all = pages.flat().map(BigInt)
  expect([all[0], all.at(-1)]).toEqual([BigInt(first.accountId), BigInt(last.accountId)])
  expect(all.every((id, index) => index === 0 || id > (all[index - 1] ?? id))).toBe(true)

  const id = await aPost(ctx, author)
  await fanOutPost(ctx, author.accountId, id, new AbortController().signal)
  const entry = encodeEntry({ id, ownerId: author.accountId })
  for (const viewer of [first, last]) {
    expect((await ctx.warmLists.read(homeList(viewer.accountId)))?.entries).toEqual([entry])
  }
})
