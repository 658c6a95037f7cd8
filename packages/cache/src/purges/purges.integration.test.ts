import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type RedisServer, startRedis } from "@tintype/dev"
import { createLogger } from "@tintype/observe"
import { Redis } from "ioredis"
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest"
import { openCacheRedis } from "../cache-redis.ts"
import { hearPurges } from "./hear-purges.ts"
import { createPurges } from "./publish-purges.ts"

const log = createLogger("test", "silent")
let dir = ""
let server: RedisServer

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "tintype-purges-"))
  server = await startRedis({ dir, kind: "cache" })
})
afterAll(async () => {
  await server.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** Everything a gateway is told, in order. */
async function listen(prefix: string): Promise<string[]> {
  const heard: string[] = []
  const stop = hearPurges({
    url: server.url,
    log,
    prefix,
    audience: {
      onPurge: ({ keys, soft }) => heard.push(`${soft ? "soft " : ""}${keys.join(" ")}`),
      onHearing: () => heard.push("hearing"),
      onDeaf: () => heard.push("deaf"),
    },
  })
  onTestFinished(stop)
  await vi.waitUntil(() => heard.includes("hearing"), { timeout: 20_000 })
  return heard
}

function publisher(prefix: string) {
  const redis = openCacheRedis({ url: server.url, log, probeMs: 50, settleMs: 50 })
  const purges = createPurges(redis, { log, prefix })
  onTestFinished(async () => {
    await purges[Symbol.asyncDispose]()
    await redis.close()
  })
  return purges
}

test("a purge reaches every gateway, in order, and only those of the same instance", async () => {
  const [one, other, stranger] = [await listen("a:"), await listen("a:"), await listen("b:")]
  const purges = publisher("a:")
  await purges.purge(["account-1", "post-2", "account-1"])
  await purges.softPurge(["post-3"])

  const all = ["hearing", "account-1 post-2", "soft post-3"]
  await vi.waitFor(() => expect([one, other]).toEqual([all, all]))
  expect(stranger).toEqual(["hearing"])
})

test("many keys are told in several messages", async () => {
  const heard = await listen("many:")
  const keys = Array.from({ length: 250 }, (_, i) => `post-${i}`)
  await publisher("many:").purge(keys)
  await vi.waitFor(() => expect(heard.slice(1).join(" ").split(" ")).toEqual(keys))
})

test("a purge that was missed is known by the number of the next", async () => {
  const heard = await listen("gap:")
  const purges = publisher("gap:")
  await purges.purge(["post-1"])
  const redis = new Redis(server.url)
  onTestFinished(() => redis.disconnect())
  await redis.incr("gap:purges:count")
  await purges.purge(["post-2"])
  await purges.purge(["post-3"])
  await vi.waitFor(() => expect(heard).toEqual(["hearing", "post-1", "hearing", "post-2", "post-3"]))
})

test("a gateway whose connection breaks knows that it is deaf, and when it hears again", async () => {
  const heard = await listen("cut:")
  const redis = new Redis(server.url)
  onTestFinished(() => redis.disconnect())
  await redis.call("CLIENT", "KILL", "TYPE", "pubsub")
  await vi.waitFor(() => expect(heard).toEqual(["hearing", "deaf", "hearing"]))
  await publisher("cut:").purge(["post-1"])
  await vi.waitFor(() => expect(heard.at(-1)).toBe("post-1"))
})

test("a Redis that hangs is found out, and what it was not told is told later", async () => {
  const heard = await listen("hang:")
  const purges = publisher("hang:")
  await purges.purge(["post-1"])
  process.kill(server.pid, "SIGSTOP")
  onTestFinished(() => {
    process.kill(server.pid, "SIGCONT")
  })
  await purges.purge(["post-2"])
  await vi.waitFor(() => expect(heard).toContain("deaf"), { timeout: 10_000 })
  process.kill(server.pid, "SIGCONT")
  await vi.waitFor(() => expect(heard.slice(heard.indexOf("deaf"))).toContain("post-2"), { timeout: 10_000 })
})

test("a key that could not stand in a header is refused", async () => {
  await expect(publisher("odd:").purge(["post 1"])).rejects.toThrow(RangeError)
})
