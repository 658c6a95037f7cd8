import type { System } from "@tintype/dev"
import type { Context } from "@tintype/domain"
import { authenticate } from "@tintype/domain/auth"
import { favouritePost } from "@tintype/domain/posts"
import { readHome } from "@tintype/domain/timelines"
import { Redis } from "ioredis"
import { openBenchContext } from "./bench-context.ts"

interface Trips {
  "redis-cache": number
  Postgres: number
}

/** The operations behind a request, in this process, with a count of what goes over the wire. */
export async function countRoundTrips(system: System, token: string): Promise<Record<string, Trips>> {
  const count = { cache: 0, statements: 0 }
  const { ctx, close } = openBenchContext(system, {
    onStatement: () => void count.statements++,
    onCacheRoundTrip: () => void count.cache++,
  })
  const measure = async (work: (ctx: Context) => Promise<unknown>): Promise<Trips> => {
    // What was read before is cached behind its readers.
    await ctx.cache.idle()
    count.cache = 0
    count.statements = 0
    await work(ctx)
    await ctx.cache.idle()
    return { "redis-cache": count.cache, Postgres: count.statements }
  }
  const home = async (each: Context) => {
    const session = await authenticate(each, token)
    if (!session?.accountId) throw new Error("no session")
    const actor = { accountId: session.accountId, appId: session.appId }
    const { oldest } = await readHome(each, actor, { limit: 20 })
    return { actor, oldest }
  }
  const redis = new Redis(system.stores.REDIS_CACHE_URL)
  await home(ctx)
  const warm = await measure(home)
  await redis.flushall()
  const empty = await measure(home)
  const { actor, oldest } = await home(ctx)
  const like = await measure((each) => favouritePost(each, actor, oldest ?? ""))
  redis.disconnect()
  await close()
  return {
    "home timeline, warm (token included)": warm,
    "home timeline, cache empty (token included)": empty,
    "like (BEGIN and COMMIT not counted)": like,
  }
}
