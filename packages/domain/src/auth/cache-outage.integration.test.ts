import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Conditions, freePort, openFaultProxy, type RedisServer, startRedis } from "@tintype/dev"
import { createLogger } from "@tintype/observe"
import { type TestDatabase, type TestRedis, test } from "@tintype/testkit"
import { Redis } from "ioredis"
import { describe, expect, type TestContext, vi } from "vitest"
import { forgetCached } from "../cache-repair.ts"
import type { Context } from "../context.ts"
import { openContext } from "../open-context.ts"
import { aMember, SETTINGS } from "../testing/index.ts"
import { freshToken, writeToken } from "./issue-token.ts"
import { revokeTokenHash } from "./revoke-token.ts"
import { authenticate, tokenEntry } from "./session.ts"

type Finished = TestContext["onTestFinished"]

/** A Redis of the test's own behind a way that can be made to fail. */
async function openRedis(onTestFinished: Finished) {
  const dir = mkdtempSync(join(tmpdir(), "tintype-sessions-"))
  const port = await freePort()
  let server: RedisServer = await startRedis({ dir, port, kind: "cache" })
  const way = await openFaultProxy(port)
  onTestFinished(async () => {
    await way.close()
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  })
  return {
    way,
    url: `redis://127.0.0.1:${way.port}`,
    async limit(policy: string, bytes: string) {
      const redis = new Redis(server.url)
      await redis.config("SET", "maxmemory-policy", policy)
      await redis.config("SET", "maxmemory", bytes)
      redis.disconnect()
    },
    async kill() {
      server.kill("SIGKILL")
      await server.stop()
    },
    async start() {
      server = await startRedis({ dir, port, kind: "cache" })
    },
  }
}

type TroubledRedis = Awaited<ReturnType<typeof openRedis>>

interface ProcessOptions {
  database: TestDatabase
  redis: TestRedis
  /** Of the cache's Redis. */
  url: string
  blobDir: string
  onTestFinished: Finished
}

/** A process that asks whose tokens are, and what it sends to Redis and database for it. */
function openProcess({ database, redis, url, blobDir, onTestFinished }: ProcessOptions) {
  const sent = { trips: 0, statements: 0 }
  const stores = {
    databaseUrl: database.url,
    databasePoolSize: 4,
    redisQueueUrl: redis.queueUrl,
    redisCacheUrl: url,
    redisPrefix: redis.prefix,
    blobDir,
  }
  const { ctx, close } = openContext(stores, SETTINGS, createLogger("sessions", "silent"), {
    onCacheRoundTrip: () => void sent.trips++,
    onStatement: () => void sent.statements++,
  })
  onTestFinished(close)
  return {
    ctx,
    sent,
    whose: async (secret: string) => (await authenticate(ctx, secret))?.accountId,
    /** Until it comes from Redis. */
    untilCached: (secret: string) =>
      vi.waitFor(async () => {
        const { hits } = ctx.cache.counters
        await authenticate(ctx, secret)
        expect(ctx.cache.counters.hits).toBeGreaterThan(hits)
      }, 15_000),
  }
}

/** A valid token of a new member. */
async function aToken(ctx: Context) {
  const member = await aMember(ctx)
  const token = freshToken()
  await writeToken(ctx.db, token, { ...member, scopes: ["read"] })
  return { ...token, accountId: member.accountId }
}

interface Trouble {
  begin(redis: TroubledRedis): Promise<unknown>
  end(redis: TroubledRedis): Promise<unknown>
  /** Round trips of one process, however many requests it has meanwhile; no bound when Redis is there at times. */
  trips?: number
}

const REQUESTS = 12
/** So many that are waited for in vain until Redis is left alone. */
const FAILURES = 3

const onTheWay = (conditions: Conditions): Trouble => ({
  begin: ({ way }) => way.set(conditions),
  end: ({ way }) => way.set({}),
  trips: FAILURES,
})

const TROUBLES: Record<string, Trouble> = {
  "slow: every answer comes later than anybody waits": onTheWay({ latencyMs: 1000 }),
  "silent: connections stay, and nothing comes": onTheWay({ held: true }),
  "out of reach: connections are refused": onTheWay({ down: true }),
  killed: { begin: (redis) => redis.kill(), end: (redis) => redis.start(), trips: FAILURES },
  "restarting again and again": {
    async begin(redis) {
      for (let n = 0; n < 3; n++) {
        await redis.kill()
        await redis.start()
      }
    },
    end: async () => undefined,
  },
  "full, and may evict nothing": {
    begin: (redis) => redis.limit("noeviction", "1"),
    end: (redis) => redis.limit("allkeys-lfu", "256mb"),
    // It answers at once: two to each request, that it has no value and that there is no room for a lease; some to revoke.
    trips: 2 * 2 * REQUESTS + 10,
  },
}

describe.concurrent("sessions and tokens while the cache's Redis is", () => {
  test.for(Object.entries(TROUBLES))(
    "%s",
    { timeout: 60_000 },
    async ([, trouble], { database, redis: shared, blobDir, expect, onTestFinished }) => {
      const redis = await openRedis(onTestFinished)
      const open = () => openProcess({ database, redis: shared, url: redis.url, blobDir, onTestFinished })
      const [one, other] = [open(), open()]
      const both = [one, other]
      const [kept, revoked] = [await aToken(one.ctx), await aToken(one.ctx)]
      for (const each of both) await each.untilCached(revoked.secret)

      await trouble.begin(redis)
      for (const { sent } of both) sent.trips = 0
      const made = await aToken(one.ctx)
      for (const each of both) {
        const before = each.sent.statements
        for (let n = 0; n < REQUESTS; n++) {
          expect(await each.whose(revoked.secret)).toBe(revoked.accountId)
          expect(await each.whose(made.secret)).toBe(made.accountId)
        }
        expect(each.sent.statements - before).toBeLessThanOrEqual(2 * REQUESTS)
      }
      await revokeTokenHash(one.ctx, revoked.hash)
      for (const each of both) {
        expect(await each.whose(revoked.secret)).toBeUndefined()
        expect(await each.whose(kept.secret)).toBe(kept.accountId)
        expect(each.sent.trips).toBeLessThanOrEqual(trouble.trips ?? Number.POSITIVE_INFINITY)
      }

      await trouble.end(redis)
      for (const each of both) await each.untilCached(kept.secret)
      // What a worker does in the meantime; until then all go to the database for this one.
      await forgetCached(one.ctx, [tokenEntry.key(revoked.hash).key])
      for (const each of both) await each.untilCached(revoked.secret)
      expect(await other.whose(revoked.secret)).toBeUndefined()
      expect(await other.whose(kept.secret)).toBe(kept.accountId)
      expect(await other.whose(made.secret)).toBe(made.accountId)
    },
  )
})
