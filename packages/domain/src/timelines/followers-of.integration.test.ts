import { followers } from "@tintype/db"
import { sql } from "drizzle-orm"
import { expect } from "vitest"
import type { Actor, Context } from "../context.ts"
import { followAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aMember, aPost } from "../testing/members.ts"
import { fanOutPost } from "./fan-out-post.ts"
import { encodeEntry } from "./home-entry.ts"
import { FOLLOWERS_AT_ONCE, followerKeys } from "./read-followers.ts"
import { readHome } from "./read-home.ts"

/** The followers' ids, page by page. */
async function pagesOf({ db }: Context, { accountId }: Actor): Promise<string[][]> {
  const pages: string[][] = []
  for await (const parts of followerKeys(db, accountId, { before: "<", after: ">" })) {
    const keys = parts.flatMap(({ text, length }) =>
      Array.from({ length: text.length / length }, (_, index) =>
        text.slice(index * length, (index + 1) * length),
      ),
    )
    pages.push(keys.map((key) => /^<(\d+)>$/.exec(key)?.[1] ?? key))
  }
  return pages
}

test("keys of followers are of one length each, whatever the ids, and each is there once", async ({
  domain: { ctx },
}) => {
  const author = await aMember(ctx)
  expect(await pagesOf(ctx, author)).toEqual([])
  const count = FOLLOWERS_AT_ONCE + 5
  await ctx.db.execute(sql`
    insert into ${followers} (followee_id, follower_id)
    select ${author.accountId}::bigint, n from generate_series(1, ${count}::int) n`)
  const pages = await pagesOf(ctx, author)
  expect(pages.map((page) => page.length)).toEqual([FOLLOWERS_AT_ONCE, 5])
  const all = pages.flat().map(Number)
  expect(all.sort((one, other) => one - other)).toEqual(
    Array.from({ length: count }, (_, index) => index + 1),
  )
})

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
  const pages = await pagesOf(ctx, author)
  expect(pages.map((page) => page.length)).toEqual([FOLLOWERS_AT_ONCE, FOLLOWERS_AT_ONCE, 2])
  const all = new Set(pages.flat())
  expect(all.size).toBe(count + 2)
  expect([first, last].every(({ accountId }) => all.has(accountId))).toBe(true)

  const id = await aPost(ctx, author)
  await fanOutPost(ctx, author.accountId, id, new AbortController().signal)
  const entry = encodeEntry({ id, ownerId: author.accountId })
  for (const viewer of [first, last]) {
    expect((await ctx.warmLists.home.read(viewer.accountId))?.entries).toEqual([entry])
  }
})
