import type { Paging } from "@tintype/contract"
import { type AccountId, type Db, follows, posts } from "@tintype/db"
import { sql } from "drizzle-orm"
import { expect } from "vitest"
import type { Context } from "../context.ts"
import { followAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aMember, manyPosts } from "../testing/members.ts"
import { loadSkeleton } from "./home-skeleton.ts"
import { WARM_POSTS } from "./warm-lists.ts"

const FOLLOWEES = 5_000
/** Posts of each of them, and how many times as many one has. */
const POSTS = 3
const PROLIFIC = 1_000

/** Followees with small ids, whose posts take turns; the first one has posted more than all others of late. */
async function followMany({ db }: Context, viewerId: AccountId): Promise<void> {
  await db.execute(sql`
    insert into ${follows} (follower_id, followee_id, active)
    select ${viewerId}::bigint, n, true from generate_series(1, ${FOLLOWEES}::int) n`)
  await db.execute(sql`
    insert into ${posts} (owner_id, id, caption, visibility, sensitive, spoiler_text, mentions, tags)
    select owner, id, '', 'public', false, '', '[]', '{}' from (
      select n as owner, k * 1000000 + n as id
      from generate_series(1, ${FOLLOWEES}::int) n, generate_series(1, ${POSTS}::int) k
      union all select 1, 9000000 + k from generate_series(1, ${POSTS * PROLIFIC}::int) k) as made`)
  await db.execute(sql`analyze ${follows}, ${posts}`)
}

/** Rows of posts that this connection has read so far; some of what transactions before this one read is in it. */
async function rowsRead(db: Db): Promise<number> {
  const [read] = await db.execute<{ rows: number }>(sql`
    select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where relname = 'posts'`)
  return read?.rows ?? 0
}

test("a page of thousands of authors costs a look for each of them, and no walk through what they posted", async ({
  domain: { ctx },
}) => {
  const { accountId: viewerId } = await aMember(ctx)
  await followMany(ctx, viewerId)
  const right = await ctx.db
    .select({ id: posts.id })
    .from(posts)
    .where(sql`${posts.ownerId} <= ${FOLLOWEES}::int`)
    .orderBy(posts.id)
  const ids = right.map(({ id }) => id)
  const pages = [
    { paging: { limit: 20 }, expected: ids.slice(-20) },
    { paging: { limit: WARM_POSTS }, expected: ids.slice(-WARM_POSTS) },
    { paging: { limit: 20, max_id: ids[7000] ?? "" }, expected: ids.slice(6980, 7000) },
    { paging: { limit: 20, min_id: ids[7000] ?? "" }, expected: ids.slice(7001, 7021) },
    { paging: { limit: 20, min_id: ids[30] ?? "" }, expected: ids.slice(31, 51) },
  ]
  for (const { paging, expected } of pages) {
    await ctx.db.transaction(async (tx) => {
      const before = await rowsRead(tx)
      const page = await loadSkeleton(tx, viewerId, paging, "lasting")
      const read = (await rowsRead(tx)) - before
      expect(page.map(({ id }) => id)).toEqual(expected.toReversed())
      // One of each author, one more of each whose first is on the page, and the page itself of one who has so many.
      expect(read).toBeGreaterThanOrEqual(paging.limit)
      expect(read).toBeLessThanOrEqual(FOLLOWEES + 2 * paging.limit)
    })
  }
})

test("a page of fewer authors than it has room for has all that they posted", async ({ domain: { ctx } }) => {
  const [viewer, one, other] = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
  for (const author of [one, other]) await followAccount(ctx, viewer, author.accountId)
  const ids = [...(await manyPosts(ctx, one, 4)), ...(await manyPosts(ctx, other, 4))]
  const page = async (paging: Paging) =>
    (await loadSkeleton(ctx.db, viewer.accountId, paging, "lasting")).map(({ id }) => id).toReversed()
  expect(await page({ limit: 20 })).toEqual(ids)
  expect(await page({ limit: 20, min_id: ids[0] ?? "" })).toEqual(ids.slice(1))
  expect(await page({ limit: 2, min_id: ids[0] ?? "" })).toEqual(ids.slice(1, 3))
  expect(await page({ limit: 2, max_id: ids[7] ?? "" })).toEqual(ids.slice(5, 7))
})
