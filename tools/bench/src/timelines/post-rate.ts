import type { AccountId, Db } from "@tintype/db"
import type { Context } from "@tintype/domain"
import { fanOutPost } from "@tintype/domain/timelines"
import { sql } from "drizzle-orm"
import type { Redis } from "ioredis"
import { allFollowers, untilDone, warmUp } from "./fan-out.ts"
import { makePosts } from "./new-posts.ts"

/** As many as posts that are drawn evenly from all, by the same authors. */
const POSTS = 200
/** What a worker does at a time. */
const AT_ONCE = 4

export interface PostRate {
  /** Of those whose lists a post of the community goes to, all of them warm. */
  "followers of a post's author, on average": number
  "posts/s at the limit of fan-out": number
}

/**
 * How many posts of a community as they come, most by authors with few followers, one process tells all followers of.
 *
 * @param direct for statements that take longer than an operation may
 */
export async function measurePostRate(ctx: Context, redis: Redis, direct: Db): Promise<PostRate> {
  const posts = await direct.execute<{ owner: AccountId; followers: number }>(sql`
    select p.owner_id as owner, a.followers_count as followers
    from posts p join accounts a on a.id = p.owner_id
    where a.followers_count <= ${ctx.settings.pushedFollowers}::int order by hashint8(p.id) limit ${POSTS}::int`)
  const owners = posts.map(({ owner }) => owner)
  const fans = await allFollowers(direct, [...new Set(owners)])
  await using made = await makePosts(direct, owners)
  await redis.flushall()
  await warmUp(ctx, fans)
  const { signal } = new AbortController()
  const waiting = made.posts.toReversed()
  const begin = performance.now()
  const work = async () => {
    for (let post = waiting.pop(); post; post = waiting.pop()) {
      const { id, owner } = post
      await untilDone(() => fanOutPost(ctx, owner, id, signal))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const seconds = (performance.now() - begin) / 1000
  const followers = posts.reduce((sum, post) => sum + post.followers, 0)
  return {
    "followers of a post's author, on average": Math.round(followers / posts.length),
    "posts/s at the limit of fan-out": Math.round(posts.length / seconds),
  }
}
