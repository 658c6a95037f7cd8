import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort, startRedis } from "@tintype/dev"
import { openContext } from "@tintype/domain"
import { openStreams } from "@tintype/domain/streams"
import { createLogger } from "@tintype/observe"
import { describe, expect, onTestFinished } from "vitest"
import { buildApi } from "../build-api.ts"
import { Health } from "../instance/health.ts"
import { test } from "../testing/api-test.ts"
import { aBrowser, cookieOf, whoAmI } from "../testing/client.ts"

const SESSION = "/api/tintype/v1/session"
const log = createLogger("api", "silent")

/** Redis' own words for it, over a connection of its own. */
async function tell(port: number, ...lines: readonly string[]): Promise<void> {
  const socket = connect(port, "127.0.0.1")
  socket.end(lines.map((line) => `${line}\r\n`).join(""))
  socket.resume()
  await once(socket, "close")
}

/** A Redis of the test's own that things are done to. */
async function openVictim() {
  const dir = mkdtempSync(join(tmpdir(), "tintype-faults-"))
  const port = await freePort()
  const start = () => startRedis({ dir, port, kind: "cache" })
  let server = await start()
  const signal = (name: "SIGSTOP" | "SIGCONT") => server.kill(name)
  onTestFinished(async () => {
    signal("SIGCONT")
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  })
  return {
    url: server.url,
    faults: {
      frozen: [() => signal("SIGSTOP"), () => signal("SIGCONT")],
      full: [
        () => tell(port, "CONFIG SET maxmemory-policy noeviction", "CONFIG SET maxmemory 1"),
        () => tell(port, "CONFIG SET maxmemory 256mb", "CONFIG SET maxmemory-policy allkeys-lfu"),
      ],
      gone: [
        async () => {
          server.kill("SIGKILL")
          await server.stop()
        },
        async () => {
          server = await start()
        },
      ],
    },
  } as const
}

describe("sign-in, tokens and limits", { timeout: 120_000 }, () => {
  test.for(["frozen", "full", "gone"] as const)(
    "go on while the cache's Redis is %s, and after",
    async (fault, { database, redis, blobDir, api }) => {
      const victim = await openVictim()
      const stores = {
        databaseUrl: database.url,
        databasePoolSize: 4,
        redisQueueUrl: redis.queueUrl,
        redisCacheUrl: victim.url,
        redisPrefix: redis.prefix,
        blobDir,
      }
      let commands = 0
      const onCacheRoundTrip = () => {
        commands += 1
      }
      const { ctx, close } = openContext(stores, api.ctx.settings, log, { onCacheRoundTrip })
      const streams = openStreams(ctx, stores)
      const app = await buildApi(ctx, new Health({}), streams.hub)
      onTestFinished(async () => {
        await app.close()
        await streams.close()
        await close()
      })
      const signIn = (login: string, password: string, remoteAddress = "203.0.113.1") =>
        app.inject({ method: "POST", url: SESSION, payload: { login, password }, remoteAddress })
      const status = async (headers: Record<string, string>) => (await whoAmI(app, headers)).statusCode
      const inUse = () => expect.poll(() => ctx.cache.inUse, { timeout: 20_000 }).toBe(true)
      const [kept, ended] = [await aBrowser(app), await aBrowser(app)]
      await inUse()
      for (const { headers } of [kept, ended]) expect(await status(headers)).toBe(200)
      const [strike, heal] = victim.faults[fault]

      await strike()
      commands = 0
      for (let time = 0; time < 20; time++) expect(await status(kept.headers)).toBe(200)
      // A Redis that does not answer costs a few waits, and not one for each request.
      if (fault !== "full") expect(commands).toBeLessThan(8)
      expect((await app.inject({ method: "DELETE", url: SESSION, headers: ended.headers })).statusCode).toBe(
        200,
      )
      expect(await status(ended.headers)).toBe(401)
      const again = await signIn(kept.username, kept.password)
      expect(again.statusCode).toBe(200)
      const fresh = { ...kept.headers, cookie: cookieOf(again) }
      expect(await status(fresh)).toBe(200)
      const guesses: number[] = []
      for (let time = 0; time < 11; time++) {
        guesses.push((await signIn(kept.username, "a wrong password", "203.0.113.2")).statusCode)
      }
      expect(guesses).toEqual([...Array.from({ length: 10 }, () => 401), 429])

      await heal()
      // Once over the connection that is there again; nobody does anything for it.
      await expect.poll(() => status(ended.headers), { timeout: 20_000 }).toBe(401)
      await inUse()
      expect([await status(kept.headers), await status(fresh), await status(ended.headers)]).toEqual([
        200, 200, 401,
      ])
    },
  )
})
