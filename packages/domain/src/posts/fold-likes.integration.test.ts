import { counterDeltas, favourites, posts } from "@tintype/db"
import { and, eq, inArray, sql } from "drizzle-orm"
import { expect } from "vitest"
import type { Actor, Context } from "../context.ts"
import { followAccount } from "../relationships/index.ts"
import { test } from "../testing/domain-test.ts"
import { aMember, aPost } from "../testing/members.ts"
import { deletePost } from "./delete-post.ts"
import { erasePost } from "./erase-post.ts"
import { favouritePost, unfavouritePost } from "./favourite-post.ts"
import { foldLikes } from "./fold-likes.ts"
import { getPost } from "./get-post.ts"

const open = new AbortController().signal
const members = (ctx: Context, count: number) =>
  Promise.all(Array.from({ length: count }, () => aMember(ctx)))

/** Until another process has none of them in hand. */
const foldAll = ({ ctx }: { ctx: Context }) =>
  expect
    .poll(async () => {
      await foldLikes(ctx, open)
      return ctx.db.$count(counterDeltas, sql`owner_id <> subject_id`)
    })
    .toBe(0)

/** What everybody is shown, and how many rows there are, by post. */
async function likesOf(ctx: Context, ids: readonly string[]) {
  const shown = await Promise.all(ids.map(async (id) => (await getPost(ctx, null, id)).favourites_count))
  const rows = await Promise.all(
    ids.map((id) =>
      ctx.db.$count(favourites, and(sql`post_id = ${id}::bigint`, eq(favourites.active, true))),
    ),
  )
  return { shown, rows }
}

test("likes of many posts, taken back and given again, are counted exactly by whoever comes first", async ({
  domain: { ctx },
}) => {
  const [authors, fans] = [await members(ctx, 3), await members(ctx, 8)]
  const ids = await Promise.all(authors.map((author) => aPost(ctx, author)))
  await Promise.all(
    fans.flatMap((fan, index) => [
      ...ids.flatMap((id) => [favouritePost(ctx, fan, id), unfavouritePost(ctx, fan, id)]),
      ...(index % 3 === 0 ? [foldLikes(ctx, open), foldLikes(ctx, open)] : []),
    ]),
  )
  const likes = (fan: Actor, id: string, index: number) =>
    index % 2 ? favouritePost(ctx, fan, id) : unfavouritePost(ctx, fan, id)
  await Promise.all([
    ...fans.flatMap((fan, index) => ids.map((id) => likes(fan, id, index))),
    foldLikes(ctx, open),
  ])
  await foldAll({ ctx })
  const half = ids.map(() => fans.length / 2)
  expect(await likesOf(ctx, ids)).toEqual({ shown: half, rows: half })
})

test("the liker is told of likes that are not counted yet, and of a bookmark", async ({
  domain: { ctx },
}) => {
  const [author, fan, other] = [await aMember(ctx), await aMember(ctx), await aMember(ctx)]
  const id = await aPost(ctx, author)
  await favouritePost(ctx, fan, id)
  expect(await favouritePost(ctx, other, id)).toMatchObject({ favourites_count: 2, favourited: true })
  expect(await unfavouritePost(ctx, other, id)).toMatchObject({ favourites_count: 1, favourited: false })
  expect(await getPost(ctx, other, id)).toMatchObject({ favourites_count: 0, favourited: false })
  expect(await getPost(ctx, fan, id)).toMatchObject({ favourites_count: 0, favourited: true })
  await foldAll({ ctx })
  expect(await getPost(ctx, fan, id)).toMatchObject({ favourites_count: 1, favourited: true })
})

test("more notes than are taken at once are all counted, and those of followers and of posts that go are left alone", async ({
  domain: { ctx },
}) => {
  const [author, fan] = [await aMember(ctx), await aMember(ctx)]
  const ids = [await aPost(ctx, author), await aPost(ctx, author)]
  await followAccount(ctx, fan, author.accountId)
  await ctx.db.execute(sql`
    insert into counter_deltas (owner_id, subject_id, delta)
    select ${author.accountId}::bigint, id::bigint, 1 from unnest(${`{${ids.join()}}`}::bigint[]) id, generate_series(1, 400)`)
  const [kept = "", gone = ""] = ids
  await deletePost(ctx, author, gone)
  await Promise.all([
    foldAll({ ctx }),
    erasePost(ctx, author.accountId, { postId: gone, mediaIds: [] }, open),
  ])
  const [row] = await ctx.db
    .select()
    .from(posts)
    .where(inArray(posts.ownerId, [author.accountId]))
  expect(row).toMatchObject({ id: kept, favouritesCount: 400 })
  expect((await getPost(ctx, null, kept)).favourites_count).toBe(400)
  const left = await ctx.db.select().from(counterDeltas)
  expect(left).toMatchObject([{ ownerId: author.accountId, subjectId: author.accountId, delta: 1 }])
})

test("a fold that dies with its notes in hand counts nothing, and the next one counts them all", async ({
  domain: { ctx },
}) => {
  const author = await aMember(ctx)
  const id = await aPost(ctx, author)
  for (const fan of await members(ctx, 3)) await favouritePost(ctx, fan, id)
  const held = sql`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await ctx.db.transaction(async (tx) => {
    await tx.execute(sql`select from posts where id = ${id}::bigint for no key update`)
    const fold = expect(foldLikes(ctx, open)).rejects.toThrow()
    await expect.poll(() => ctx.db.execute(held)).toHaveLength(1)
    // What the server sees when the process is gone.
    await ctx.db.execute(sql`select pg_terminate_backend(pid) from (${held}) as waiting`)
    await fold
  })
  expect((await getPost(ctx, null, id)).favourites_count).toBe(0)
  await foldAll({ ctx })
  expect((await getPost(ctx, null, id)).favourites_count).toBe(3)
})
