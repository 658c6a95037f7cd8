import {
  comments,
  counterDeltas,
  favourites,
  followers,
  follows,
  likes,
  type PostId,
  posts,
  replyDeltas,
} from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { expect } from "vitest"
import type { Actor, Context } from "./context.ts"
import {
  deletePost,
  favouritePost,
  foldFavourites,
  foldReplies,
  getPost,
  unfavouritePost,
} from "./posts/index.ts"
import { foldFollowers, followAccount, unfollowAccount } from "./relationships/index.ts"
import { test } from "./testing/domain-test.ts"
import { aComment, aMember, aPost, countsOf } from "./testing/members.ts"

const CROWD = 32
const aCrowd = (ctx: Context) => Promise.all(Array.from({ length: CROWD }, () => aMember(ctx)))

/** The likes of a post as each place has them. */
async function likesOf(ctx: Context, author: Actor, id: PostId) {
  const isLike = and(eq(favourites.ownerId, author.accountId), eq(favourites.postId, id))
  const [row] = await ctx.db
    .select()
    .from(posts)
    .where(and(eq(posts.ownerId, author.accountId), eq(posts.id, id)))
  return {
    rows: await ctx.db.$count(favourites, and(isLike, eq(favourites.active, true))),
    byLikers: await ctx.db.$count(likes, and(eq(likes.ownerId, author.accountId), eq(likes.postId, id))),
    counted: row?.favouritesCount,
  }
}

test("a crowd that likes one post and takes it back is counted exactly, whenever it is folded", async ({
  domain: { ctx },
}) => {
  const author = await aMember(ctx)
  const id = await aPost(ctx, author)
  const crowd = await aCrowd(ctx)
  const fold = () => foldFavourites(ctx, author.accountId, id)
  await Promise.all(
    crowd.flatMap((fan, index) => [
      favouritePost(ctx, fan, id),
      unfavouritePost(ctx, fan, id),
      ...(index % 4 === 0 ? [fold()] : []),
    ]),
  )
  // How the races ended is theirs; from here on a third of them surely likes it no more, and the others do.
  await Promise.all([
    ...crowd.map((fan, index) => (index % 3 ? favouritePost : unfavouritePost)(ctx, fan, id)),
    fold(),
  ])
  await fold()
  const expected = crowd.filter((_, index) => index % 3).length
  expect(await likesOf(ctx, author, id)).toEqual({ rows: expected, byLikers: expected, counted: expected })
  expect((await getPost(ctx, null, id)).favourites_count).toBe(expected)
  expect(await ctx.db.$count(counterDeltas)).toBe(0)
})

test("a crowd that follows and unfollows, each other as well, is counted exactly on both sides", async ({
  domain: { ctx },
}) => {
  const star = await aMember(ctx)
  const crowd = await aCrowd(ctx)
  const fold = () => foldFollowers(ctx, star.accountId)
  await Promise.all(
    crowd.flatMap((fan, index) => [
      followAccount(ctx, fan, star.accountId),
      unfollowAccount(ctx, fan, star.accountId),
      followAccount(ctx, star, fan.accountId),
      ...(index % 4 === 0 ? [fold()] : []),
    ]),
  )
  await Promise.all(
    crowd.map((fan, index) => (index % 2 ? followAccount : unfollowAccount)(ctx, fan, star.accountId)),
  )
  for (const { accountId } of [star, ...crowd]) await foldFollowers(ctx, accountId)
  for (const { accountId } of [star, ...crowd]) {
    expect(await countsOf(ctx, accountId)).toEqual({
      statuses: 0,
      followers: await ctx.db.$count(followers, eq(followers.followeeId, accountId)),
      following: await ctx.db.$count(
        follows,
        and(eq(follows.followerId, accountId), eq(follows.active, true)),
      ),
    })
  }
  expect(await countsOf(ctx, star.accountId)).toMatchObject({ followers: CROWD / 2, following: CROWD })
  expect(await ctx.db.$count(counterDeltas)).toBe(0)
})

/** The comments on a post as each place has them. */
async function commentsOn(ctx: Context, author: Actor, id: PostId) {
  const [row] = await ctx.db
    .select()
    .from(posts)
    .where(and(eq(posts.ownerId, author.accountId), eq(posts.id, id)))
  return {
    rows: await ctx.db.$count(comments, and(eq(comments.ownerId, author.accountId), eq(comments.postId, id))),
    byWriters: await ctx.db.$count(posts, eq(posts.inReplyToId, id)),
    counted: row?.repliesCount,
  }
}

test("a crowd that comments on one post and deletes comments is counted exactly, whenever it is folded", async ({
  domain: { ctx },
}) => {
  const author = await aMember(ctx)
  const id = await aPost(ctx, author)
  const crowd = await aCrowd(ctx)
  const fold = () => foldReplies(ctx, author.accountId, id)
  await Promise.all(
    crowd.flatMap((guest, index) => [
      aComment(ctx, guest, id).then((comment) => deletePost(ctx, guest, comment)),
      ...(index % 2 ? [aComment(ctx, guest, id)] : []),
      ...(index % 4 === 0
        ? [fold(), favouritePost(ctx, guest, id), foldFavourites(ctx, author.accountId, id)]
        : []),
    ]),
  )
  await fold()
  const expected = CROWD / 2
  expect(await commentsOn(ctx, author, id)).toEqual({
    rows: expected,
    byWriters: expected,
    counted: expected,
  })
  await foldFavourites(ctx, author.accountId, id)
  // As the cache has it: each count by itself.
  expect(await getPost(ctx, null, id)).toMatchObject({ replies_count: expected, favourites_count: CROWD / 4 })
  expect(await ctx.db.$count(replyDeltas)).toBe(0)
})

test("a fold that dies with its notes in hand counts nothing, and the next one counts them all", async ({
  domain: { ctx },
}) => {
  const author = await aMember(ctx)
  const id = await aPost(ctx, author)
  const crowd = await aCrowd(ctx)
  await Promise.all(crowd.map((guest) => aComment(ctx, guest, id)))
  const held = sql`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await ctx.db.transaction(async (tx) => {
    await tx.execute(sql`select from posts where id = ${id}::bigint for no key update`)
    const fold = expect(foldReplies(ctx, author.accountId, id)).rejects.toThrow()
    await expect.poll(() => ctx.db.execute(held)).toHaveLength(1)
    // What the server sees when the process is gone.
    await ctx.db.execute(sql`select pg_terminate_backend(pid) from (${held}) as waiting`)
    await fold
  })
  expect(await commentsOn(ctx, author, id)).toMatchObject({ counted: 0, rows: CROWD })
  await foldReplies(ctx, author.accountId, id)
  expect(await commentsOn(ctx, author, id)).toMatchObject({ counted: CROWD })
  expect(await getPost(ctx, null, id)).toMatchObject({ replies_count: CROWD })
})

test("nobody who likes, comments or follows waits for the row that is counted into", async ({
  domain: { ctx },
}) => {
  const [author, fan] = [await aMember(ctx), await aMember(ctx)]
  const id = await aPost(ctx, author)
  await ctx.db.transaction(async (tx) => {
    // As a fold, an edit or a reconciliation holds them.
    await tx.execute(sql`select from posts where id = ${id}::bigint for no key update`)
    await tx.execute(sql`select from accounts where id = ${author.accountId}::bigint for no key update`)
    expect((await favouritePost(ctx, fan, id)).favourites_count).toBe(1)
    await followAccount(ctx, fan, author.accountId)
    await aComment(ctx, fan, id)
  })
  await foldFavourites(ctx, author.accountId, id)
  await foldFollowers(ctx, author.accountId)
  expect(await likesOf(ctx, author, id)).toMatchObject({ counted: 1 })
  expect(await countsOf(ctx, author.accountId)).toMatchObject({ followers: 1 })
})
