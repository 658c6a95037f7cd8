import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { migrate } from "@tintype/db"
import { startPostgres } from "@tintype/dev"
import { createLogger } from "@tintype/observe"
import { test } from "@tintype/testkit"
import { expect, onTestFinished } from "vitest"
import { accountCard } from "./accounts/account-card.ts"
import { getOwnAccount, lookupAccount, updateProfile } from "./accounts/index.ts"
import { freshToken } from "./auth/issue-token.ts"
import { authenticate, livingTokens } from "./auth/session.ts"
import { readFacts } from "./instance/instance-facts.ts"
import { openContext } from "./open-context.ts"
import { aMember, SETTINGS } from "./testing/index.ts"

/** Postgres servers with data of their own below one folder. */
function openFolder() {
  const dir = mkdtempSync(join(tmpdir(), "tintype-standby-"))
  // Postgres runs as another user when we are root.
  chmodSync(dir, 0o755)
  const data = (name: string) => join(dir, name, "data")
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return {
    async start(name: string) {
      const server = await startPostgres({ dir: join(dir, name), durable: false })
      onTestFinished(() => server.stop())
      return server
    },
    /** Of a server that is stopped: one that serves reads, and never hears of anything again. */
    copyAsStandby(from: string, to: string) {
      cpSync(data(from), data(to), { recursive: true })
      chmodSync(data(to), 0o700)
      writeFileSync(join(data(to), "standby.signal"), "")
    },
  }
}

test("a standby that is behind fills no cache", { timeout: 60_000 }, async ({ redis, blobDir }) => {
  const open = (databaseUrl: string) => {
    const stores = { databaseUrl, redisQueueUrl: redis.queueUrl, redisCacheUrl: redis.cacheUrl, blobDir }
    const options = { ...stores, databasePoolSize: 2, redisPrefix: redis.prefix }
    const { ctx, close } = openContext(options, SETTINGS, createLogger("standby", "silent"))
    onTestFinished(close)
    return ctx
  }
  const servers = openFolder()
  const first = await servers.start("primary")
  await migrate({ url: first.url() })
  const member = await aMember(open(first.url()))
  await first.stop()
  servers.copyAsStandby("primary", "standby")

  const primary = open((await servers.start("primary")).url())
  const standby = open((await servers.start("standby")).url())
  await updateProfile(primary, member, { displayName: "Newer" })
  await primary.cache.forget([accountCard.key(member.accountId).key])
  const reads = [
    getOwnAccount(standby, member),
    lookupAccount(standby, null, "nobody_yet"),
    authenticate(standby, freshToken().secret),
    livingTokens(standby, [freshToken().hash]),
    readFacts(standby),
  ]
  const refused = expect.objectContaining({ code: "55000" })
  for (const read of await Promise.allSettled(reads))
    expect(read).toMatchObject({ status: "rejected", reason: { cause: refused } })
  expect((await getOwnAccount(primary, member)).display_name).toBe("Newer")
})
