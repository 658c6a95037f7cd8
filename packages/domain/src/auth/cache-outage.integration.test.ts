import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort, startRedis } from "@tintype/dev"
import { createLogger } from "@tintype/observe"
import { test } from "@tintype/testkit"
import { describe, expect, onTestFinished, vi } from "vitest"
import { forgetCached } from "../cache-repair.ts"
import type { Context } from "../context.ts"
import { openContext } from "../open-context.ts"
import { aMember, SETTINGS } from "../testing/index.ts"
import { freshToken, writeToken } from "./issue-token.ts"
import { revokeTokenHash } from "./revoke-token.ts"
import { authenticate, tokenEntry } from "./session.ts"

/** A valid token of a new member. */
async function aToken(ctx: Context) {
  const member = await aMember(ctx)
  const token = freshToken()
  await writeToken(ctx.db, token, { ...member, scopes: ["read"] })
  return { ...token, accountId: member.accountId }
}

describe("sessions while the cache's Redis is killed and comes back", () => {
  test("go on, and end where they are revoked", async ({ database, redis, blobDir }) => {
    const dir = mkdtempSync(join(tmpdir(), "tintype-sessions-"))
    const port = await freePort()
    const start = () => startRedis({ dir, port, kind: "cache" })
    let server = await start()
    onTestFinished(async () => {
      await server.stop()
      rmSync(dir, { recursive: true, force: true })
    })
    const stores = {
      databaseUrl: database.url,
      databasePoolSize: 4,
      redisQueueUrl: redis.queueUrl,
      redisCacheUrl: server.url,
      redisPrefix: redis.prefix,
      blobDir,
    }
    const open = () => openContext(stores, SETTINGS, createLogger("sessions", "silent"))
    const [one, other] = [open(), open()]
    onTestFinished(async () => {
      await Promise.all([one.close(), other.close()])
    })
    const [kept, revoked] = [await aToken(one.ctx), await aToken(one.ctx)]
    const whose = async ({ ctx }: typeof one, secret: string) => (await authenticate(ctx, secret))?.accountId
    /** Until it comes from Redis, through either process. */
    const untilCached = (secret: string) =>
      vi.waitFor(async () => {
        for (const each of [one, other]) {
          const { hits } = each.ctx.cache.counters
          await whose(each, secret)
          expect(each.ctx.cache.counters.hits).toBeGreaterThan(hits)
        }
      }, 10_000)
    await untilCached(revoked.secret)

    server.kill("SIGKILL")
    await server.stop()
    expect(await whose(other, revoked.secret)).toBe(revoked.accountId)
    await revokeTokenHash(one.ctx, revoked.hash)
    for (const each of [one, other]) {
      expect(await whose(each, revoked.secret)).toBeUndefined()
      expect(await whose(each, kept.secret)).toBe(kept.accountId)
    }
    server = await start()
    await untilCached(kept.secret)
    // What a worker does in the meantime; until then all go to the database for this one.
    await forgetCached(one.ctx, [tokenEntry.key(revoked.hash).key])
    await untilCached(revoked.secret)
    expect(await whose(other, revoked.secret)).toBeUndefined()
    expect(await whose(other, kept.secret)).toBe(kept.accountId)
  })
})
