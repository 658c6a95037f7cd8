import { setTimeout as sleep } from "node:timers/promises"
import type { AccountId, PostId } from "@tintype/db"
import type { Context } from "@tintype/domain"
import { fanOutPost, WARM_POSTS } from "@tintype/domain/timelines"
import { sql } from "drizzle-orm"
import type { Redis } from "ioredis"

export interface FanOutFigures {
  /** Followers of the author, all with a warm list. */
  followers: number
  "feeds/s": number
  "bytes an entry": number
}

/** Posts of the most followed author, to the lists of their followers, which are warm and full; most 50,000. */
export async function measureFanOut(ctx: Context, redis: Redis): Promise<FanOutFigures> {
  const [author] = await ctx.db.execute<{ id: AccountId }>(sql`
    select followee_id as id from followers group by 1 having count(*) <= 50000 order by count(*) desc limit 1`)
  if (!author) throw new Error("nobody has followers")
  const fans = await ctx.db.execute<{ id: AccountId }>(
    sql`select follower_id as id from followers where followee_id = ${author.id}::bigint`,
  )
  const posts = await ctx.db.execute<{ id: PostId }>(
    sql`select id from posts where owner_id = ${author.id}::bigint order by id desc limit 20`,
  )
  const old = Array.from({ length: WARM_POSTS }, (_, index) => String(index).padStart(22, "-")).reverse()
  await redis.flushall()
  const before = await usedBytes(redis)
  for (let at = 0; at < fans.length; at += 500) {
    const pipeline = redis.pipeline()
    for (const { id } of fans.slice(at, at + 500))
      pipeline.del(`{home.2:${id}}`).rpush(`{home.2:${id}}`, ...old, "1")
    await pipeline.exec()
  }
  const bytes = ((await usedBytes(redis)) - before) / (fans.length * WARM_POSTS)
  const { signal } = new AbortController()
  const begin = performance.now()
  for (const { id } of posts.toReversed()) await untilDone(() => fanOutPost(ctx, author.id, id, signal))
  const seconds = (performance.now() - begin) / 1000
  return {
    followers: fans.length,
    "feeds/s": Math.round((fans.length * posts.length) / seconds),
    "bytes an entry": Number(bytes.toFixed(1)),
  }
}

/** As the job would: again, when Redis was too slow to say so in time. */
async function untilDone(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === 20) throw error
      await sleep(500)
    }
  }
}

async function usedBytes(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1])
}
