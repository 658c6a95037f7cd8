import type { System } from "@tintype/dev"
import { type Context, openContext, type Settings } from "@tintype/domain"
import { authenticate } from "@tintype/domain/auth"
import { favouritePost } from "@tintype/domain/posts"
import { readHome } from "@tintype/domain/timelines"
import { createLogger } from "@tintype/observe"
import { Redis } from "ioredis"

interface Trips {
  "redis-cache": number
  Postgres: number
}

/** The operations behind a request, in this process, with a count of what goes over the wire. */
export async function countRoundTrips(system: System, token: string): Promise<Record<string, Trips>> {
  const count = { cache: 0, statements: 0 }
  const settings: Settings = {
    publicUrl: system.gatewayUrl,
    signingSecret: "0".repeat(32),
    uploadMaxBytes: 1,
    title: "",
    description: "",
    contactEmail: "",
    registrationsOpen: false,
    passwordGrant: false,
  }
  const stores = {
    databaseUrl: system.stores.DATABASE_URL,
    databasePoolSize: 2,
    redisQueueUrl: system.stores.REDIS_QUEUE_URL,
    redisCacheUrl: system.stores.REDIS_CACHE_URL,
    blobDir: system.blobDir,
  }
  const { ctx, close } = openContext(stores, settings, createLogger("bench", "silent"), {
    onStatement: () => void count.statements++,
    onCacheRoundTrip: () => void count.cache++,
  })
  const measure = async (work: (ctx: Context) => Promise<unknown>): Promise<Trips> => {
    count.cache = 0
    count.statements = 0
    await work(ctx)
    return { "redis-cache": count.cache, Postgres: count.statements }
  }
  const home = async (each: Context) => {
    const session = await authenticate(each, token)
    if (!session?.accountId) throw new Error("no session")
    const actor = { accountId: session.accountId, appId: session.appId }
    return { actor, page: await readHome(each, actor, { limit: 20 }) }
  }
  const redis = new Redis(stores.redisCacheUrl)
  await home(ctx)
  const warm = await measure(home)
  await redis.flushall()
  const empty = await measure(home)
  const { actor, page } = await home(ctx)
  const like = await measure((each) => favouritePost(each, actor, page.items[0]?.id ?? ""))
  redis.disconnect()
  await close()
  return {
    "home timeline, warm (token included)": warm,
    "home timeline, cache empty (token included)": empty,
    "like (BEGIN and COMMIT not counted)": like,
  }
}
