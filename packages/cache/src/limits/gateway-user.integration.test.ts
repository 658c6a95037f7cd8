import { execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createLogger } from "@tintype/observe"
import { test } from "@tintype/testkit"
import { Redis } from "ioredis"
import { expect, onTestFinished, vi } from "vitest"
import { hearPurges } from "../purges/hear-purges.ts"
import { openSharedLimiter } from "./open-shared-limiter.ts"

const SCRIPT = new URL("../../../../deploy/secrets/make-secrets.sh", import.meta.url).pathname

/** The user that deployed gateways have, in a Redis of the tests: its URL. */
async function makeGatewayUser(cacheUrl: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tintype-acl-"))
  execFileSync("sh", [SCRIPT, folder])
  const url = new URL(readFileSync(join(folder, "gateway/redis-cache-url"), "utf8"))
  const [, rules = ""] =
    /^user gateway (.*)$/m.exec(readFileSync(join(folder, "redis-cache/users.acl"), "utf8")) ?? []
  rmSync(folder, { recursive: true })
  const admin = new Redis(cacheUrl)
  const name = `gateway-${randomBytes(4).toString("hex")}`
  await admin.call("ACL", "SETUSER", name, ...rules.split(" "))
  onTestFinished(async () => {
    await admin.call("ACL", "DELUSER", name)
    admin.disconnect()
  })
  const { host } = new URL(cacheUrl)
  return `redis://${name}:${url.password}@${host}`
}

test("the user that the compose stack gives the gateway can do what it has to, and nothing else", async ({
  redis,
}) => {
  const url = await makeGatewayUser(redis.cacheUrl)
  const log = createLogger("test", "silent")
  const limiter = openSharedLimiter(url, log, { waitMs: 5000 })
  const other = openSharedLimiter(url, log, { waitMs: 5000 })
  onTestFinished(async () => void (await Promise.all([limiter.close(), other.close()])))
  const limit = { key: `edge:${redis.prefix}`, burst: 1, everyMs: 3600_000 }
  await limiter.take([limit])
  expect((await other.take([limit]))[0]?.waitMs).toBeGreaterThan(0)

  const onHearing = vi.fn()
  onTestFinished(hearPurges({ url, log, audience: { onPurge() {}, onHearing, onDeaf() {} } }))
  await vi.waitFor(() => expect(onHearing).toHaveBeenCalled())

  const bare = new Redis(url)
  onTestFinished(() => bare.disconnect())
  for (const command of [
    ["get", "account:1"],
    ["set", "account:1", "x"],
    ["eval", "return redis.call('GET', KEYS[1])", "1", "{limit:sign-in:1}"],
    ["eval", "return redis.call('PUBLISH', 'purges', 'x')", "0"],
    ["publish", "purges", "x"],
    ["flushall"],
    ["keys", "*"],
    ["config", "get", "*"],
  ] as const) {
    const [name, ...args] = command
    await expect(bare.call(name, ...args), command.join(" ")).rejects.toThrow(
      /NOPERM|can't run this command|can't access/i,
    )
  }
})
