import { setTimeout as sleep } from "node:timers/promises"
import type { AccountId, PostId } from "@tintype/db"
import type { Context } from "@tintype/domain"
import { fanOutPost, followersOf, homeList, WARM_POSTS } from "@tintype/domain/timelines"
import { sql } from "drizzle-orm"
import type { Redis } from "ioredis"

export interface FanOutFigures {
  /** Followers of the author, all with a warm list. */
  followers: number
  /** As a worker does it, from the post's card to the last list. */
  "feeds/s": number
  "of that Redis alone, feeds/s": number
  "of that Postgres alone, followers/s": number
  "CPU µs a feed, worker": number
  "CPU µs a feed, Redis": number
  "bytes an entry": number
  "kB a feed": number
}

const ENTRY_LENGTH = 21

/** Gives everybody a full list, entries of which are older than all posts. */
export async function warmUp(ctx: Context, fans: readonly AccountId[]): Promise<void> {
  const entries = Array.from({ length: WARM_POSTS }, (_, index) => String(index).padStart(ENTRY_LENGTH, "-"))
  entries.reverse()
  for (let at = 0; at < fans.length; at += 20) {
    await Promise.all(
      fans.slice(at, at + 20).map(async (id) => {
        const token = await ctx.warmLists.startFill(homeList(id))
        if (token) await ctx.warmLists.fill(homeList(id), token, { stamp: "1", complete: false, entries })
      }),
    )
  }
}

async function perSecond(times: number, count: number, work: (time: number) => Promise<unknown>) {
  const begin = performance.now()
  for (let time = 0; time < times; time++) await work(time)
  return Math.round((count * times * 1000) / (performance.now() - begin))
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

/** Followers of an account, all at once. */
export async function allFollowers(ctx: Context, id: AccountId): Promise<AccountId[]> {
  const all: AccountId[] = []
  for await (const page of followersOf(ctx.db, id)) all.push(...page)
  return all
}

/** Posts of the most followed author who is not merged at read, to the lists of all followers, which are full. */
export async function measureFanOut(ctx: Context, redis: Redis): Promise<FanOutFigures> {
  const [author] = await ctx.db.execute<{ id: AccountId }>(sql`
    select id from accounts where followers_count <= ${ctx.settings.pushedFollowers}::int
    order by followers_count desc limit 1`)
  if (!author) throw new Error("nobody is followed")
  const fans = await allFollowers(ctx, author.id)
  const posts = await ctx.db.execute<{ id: PostId }>(
    sql`select id from posts where owner_id = ${author.id}::bigint order by id desc limit 40`,
  )
  await redis.flushall()
  const before = await usedBytes(redis)
  await warmUp(ctx, fans)
  const bytes = ((await usedBytes(redis)) - before) / fans.length
  const { signal } = new AbortController()
  const inTurn = posts.toReversed()
  const cpuOf = async () => ({ worker: process.cpuUsage(), redis: await redisCpuMicros(redis) })
  const cpu = await cpuOf()
  const whole = await perSecond(inTurn.length, fans.length, (time) =>
    untilDone(() => fanOutPost(ctx, author.id, inTurn[time]?.id ?? "", signal)),
  )
  const { worker, redis: spent } = await cpuOf()
  const feeds = fans.length * inTurn.length
  const own = worker.user + worker.system - cpu.worker.user - cpu.worker.system
  const names = fans.map(homeList)
  const pushed = await perSecond(20, fans.length, (time) =>
    untilDone(() => ctx.warmLists.push(names, `z${String(time).padStart(3, "0")}`.padEnd(ENTRY_LENGTH, "-"))),
  )
  return {
    followers: fans.length,
    "feeds/s": whole,
    "of that Redis alone, feeds/s": pushed,
    "of that Postgres alone, followers/s": await perSecond(20, fans.length, () =>
      allFollowers(ctx, author.id),
    ),
    "CPU µs a feed, worker": Number((own / feeds).toFixed(2)),
    "CPU µs a feed, Redis": Number(((spent - cpu.redis) / feeds).toFixed(2)),
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
