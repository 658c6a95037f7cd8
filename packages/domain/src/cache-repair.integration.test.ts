import { cacheDebts } from "@tintype/db"
import { freePort } from "@tintype/dev"
import { createLogger } from "@tintype/observe"
import { test } from "@tintype/testkit"
import { expect, onTestFinished, vi } from "vitest"
import { getAccount, updateProfile } from "./accounts/index.ts"
import { forgetCached } from "./cache-repair.ts"
import { openContext } from "./open-context.ts"
import { aMember, SETTINGS } from "./testing/index.ts"

const PATIENT = { timeout: 10_000 }

test("what a process writes that Redis does not answer is seen at once by those whom it answers", async ({
  database,
  redis,
  blobDir,
}) => {
  const open = (redisCacheUrl: string) => {
    const stores = {
      databaseUrl: database.url,
      databasePoolSize: 4,
      redisQueueUrl: redis.queueUrl,
      redisCacheUrl,
      redisPrefix: redis.prefix,
      blobDir,
    }
    const opened = openContext(stores, SETTINGS, createLogger("debts", "silent"))
    onTestFinished(opened.close)
    return opened.ctx
  }
  const reader = open(redis.cacheUrl)
  const writer = open(`redis://127.0.0.1:${await freePort()}`)
  const member = await aMember(reader)
  const { accountId } = member
  const nameSeen = async () => (await getAccount(reader, null, accountId)).display_name
  /** Until the name comes from Redis. */
  const untilCached = () =>
    vi.waitFor(async () => {
      const { hits } = reader.cache.counters
      await nameSeen()
      expect(reader.cache.counters.hits).toBeGreaterThan(hits)
    }, PATIENT)

  for (const displayName of ["One", "Two"]) {
    await untilCached()
    await updateProfile(writer, member, { displayName })
    expect(await nameSeen()).toBe(displayName)
    const owed = await reader.db.select({ key: cacheDebts.key }).from(cacheDebts)
    expect(owed.length).toBeGreaterThan(0)
    // As a worker does, after which Redis is believed again.
    await forgetCached(
      reader,
      owed.map(({ key }) => key),
    )
    expect(await nameSeen()).toBe(displayName)
    expect(await reader.db.$count(cacheDebts)).toBe(0)
  }
})
