import { setTimeout as sleep } from "node:timers/promises"
import type { ListKeys } from "@tintype/cache"
import type { AccountId, Db, PostId } from "@tintype/db"
import type { Context } from "@tintype/domain"
import { encodeEntry, fanOutPost, followerKeys, WARM_POSTS } from "@tintype/domain/timelines"
import { sql } from "drizzle-orm"
import type { Redis } from "ioredis"
import { makePosts, type NewPost } from "./new-posts.ts"

export interface FanOutFigures {
  /** Followers of the author, all with a warm list. */
  followers: number
  /** As a worker does it, from the post's card to the last list. */
  "feeds/s": number
  "of that Redis alone, feeds/s": number
  "of that Postgres alone, followers/s": number
  "CPU µs a feed, worker": number
  "CPU µs a feed, Redis": number
  /** While Redis does not know what is newest in the lists, as after a restart, or when a post comes late. */
  "feeds/s, each looked at": number
  "CPU µs a feed, worker, each looked at": number
  "CPU µs a feed, Redis, each looked at": number
  "bytes an entry": number
  "kB a feed": number
}

const ENTRY_LENGTH = 21
/** Posts that are told. */
const TIMES = 40

/** Gives everybody a full list, entries of which are older than all posts. */
export async function warmUp(ctx: Context, fans: readonly AccountId[]): Promise<void> {
  const entries = Array.from({ length: WARM_POSTS }, (_, index) => String(index).padStart(ENTRY_LENGTH, "-"))
  entries.reverse()
  for (let at = 0; at < fans.length; at += 20) {
    await Promise.all(
      fans.slice(at, at + 20).map(async (id) => {
        const { home } = ctx.warmLists
        const token = await home.startFill(id)
        if (token) await home.fill(id, token, { stamp: "1", complete: false, entries })
      }),
    )
  }
}

async function perSecond<T>(of: readonly T[], count: number, work: (each: T) => Promise<unknown>) {
  const begin = performance.now()
  for (const each of of) await work(each)
  return Math.round((count * of.length * 1000) / (performance.now() - begin))
}

/** As the job would: again, when Redis was too slow to say so in time. */
export async function untilDone(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === 20) throw error
      await sleep(500)
    }
  }
}

/** The keys of the lists of all followers of an account, all at once. */
async function allKeys(ctx: Context, id: AccountId): Promise<ListKeys[]> {
  const all: ListKeys[] = []
  for await (const parts of followerKeys(ctx.db, id, ctx.warmLists.home.keyFrame)) all.push(...parts)
  return all
}

/** Followers of these accounts, each once. */
export async function allFollowers(db: Db, ids: readonly AccountId[]): Promise<AccountId[]> {
  const rows = await db.execute<{ id: AccountId }>(sql`
    select distinct follower_id as id from followers
    where followee_id in (select value::bigint from json_array_elements_text(${JSON.stringify(ids)}::json))`)
  return rows.map(({ id }) => id)
}

/** What a feed takes, of posts that are told one after the other. */
async function measurePosts(ctx: Context, redis: Redis, fans: number, posts: readonly NewPost[]) {
  const { signal } = new AbortController()
  const cpuOf = async () => ({ worker: process.cpuUsage(), redis: await redisCpuMicros(redis) })
  const cpu = await cpuOf()
  const whole = await perSecond(posts, fans, ({ id, owner }) =>
    untilDone(() => fanOutPost(ctx, owner, id, signal)),
  )
  const { worker, redis: spent } = await cpuOf()
  const own = worker.user + worker.system - cpu.worker.user - cpu.worker.system
  const feeds = fans * posts.length
  return {
    whole,
    worker: Number((own / feeds).toFixed(2)),
    redis: Number(((spent - cpu.redis) / feeds).toFixed(2)),
  }
}

/** Posts of the most followed author who is not merged at read, to the lists of all followers, which are full. */
export async function measureFanOut(ctx: Context, redis: Redis): Promise<FanOutFigures> {
  const [author] = await ctx.db.execute<{ id: AccountId }>(sql`
    select id from accounts where followers_count <= ${ctx.settings.pushedFollowers}::int
    order by followers_count desc limit 1`)
  if (!author) throw new Error("nobody is followed")
  const owner = author.id
  const fans = await allFollowers(ctx.db, [owner])
  const count = fans.length
  const old = await ctx.db.execute<{ id: PostId }>(
    sql`select id from posts where owner_id = ${owner}::bigint order by id desc limit ${TIMES}::int`,
  )
  await using made = await makePosts(ctx.db, Array<AccountId>(2 * TIMES).fill(owner))
  await redis.flushall()
  const before = await usedBytes(redis)
  await warmUp(ctx, fans)
  const bytes = ((await usedBytes(redis)) - before) / count
  // Redis does not know yet what is newest.
  const unsure = await measurePosts(
    ctx,
    redis,
    count,
    old.toReversed().map(({ id }) => ({ id, owner })),
  )
  const sure = await measurePosts(ctx, redis, count, made.posts.slice(0, TIMES))
  const keys = await allKeys(ctx, owner)
  const pushed = await perSecond(made.posts.slice(TIMES), count, (post) =>
    untilDone(() => ctx.warmLists.home.spread(encodeEntry({ id: post.id, ownerId: owner }))(keys)),
  )
  return {
    followers: count,
    "feeds/s": sure.whole,
    "of that Redis alone, feeds/s": pushed,
    "of that Postgres alone, followers/s": await perSecond(Array(20).fill(0), count, () =>
      allKeys(ctx, owner),
    ),
    "CPU µs a feed, worker": sure.worker,
    "CPU µs a feed, Redis": sure.redis,
    "feeds/s, each looked at": unsure.whole,
    "CPU µs a feed, worker, each looked at": unsure.worker,
    "CPU µs a feed, Redis, each looked at": unsure.redis,
    "bytes an entry": Number((bytes / WARM_POSTS).toFixed(1)),
    "kB a feed": Number((bytes / 1000).toFixed(1)),
  }
}

async function redisCpuMicros(redis: Redis): Promise<number> {
  const info = await redis.info("cpu")
  const seconds = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1])
  return (seconds("used_cpu_user") + seconds("used_cpu_sys")) * 1e6
}

async function usedBytes(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1])
}
