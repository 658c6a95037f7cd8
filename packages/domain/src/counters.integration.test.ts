import { counterDeltas, favourites, followers, follows, likes, type PostId, posts } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { expect } from "vitest"
import type { Actor, Context } from "./context.ts"
import { favouritePost, foldFavourites, getPost, unfavouritePost } from "./posts/index.ts"
import { foldFollowers, followAccount, unfollowAccount } from "./relationships/index.ts"
import { test } from "./testing/domain-test.ts"
import { aMember, aPost, countsOf } from "./testing/members.ts"

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

test("nobody who likes or follows waits for the row that is counted into", async ({ domain: { ctx } }) => {
  const [author, fan] = [await aMember(ctx), await aMember(ctx)]
  const id = await aPost(ctx, author)
  await ctx.db.transaction(async (tx) => {
    // As a fold, an edit or a reconciliation holds them.
    await tx.execute(sql`select from posts where id = ${id}::bigint for no key update`)
    await tx.execute(sql`select from accounts where id = ${author.accountId}::bigint for no key update`)
    expect((await favouritePost(ctx, fan, id)).favourites_count).toBe(1)
    await followAccount(ctx, fan, author.accountId)
  })
  await foldFavourites(ctx, author.accountId, id)
  await foldFollowers(ctx, author.accountId)
  expect(await likesOf(ctx, author, id)).toMatchObject({ counted: 1 })
  expect(await countsOf(ctx, author.accountId)).toMatchObject({ followers: 1 })
})
