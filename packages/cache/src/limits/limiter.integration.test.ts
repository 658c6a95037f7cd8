import { createLogger } from "@tintype/observe"
import { type TestRedis, test } from "@tintype/testkit"
import { describe, expect } from "vitest"
import { openCacheRedis } from "../cache-redis.ts"
import { createLimiter } from "./limiter.ts"

const log = createLogger("test", "silent")
const HOUR = 3600_000

function openLimiter(redis: TestRedis, prefix: string) {
  const connection = openCacheRedis({ url: redis.cacheUrl, log, timeoutMs: 2000 })
  const limiter = createLimiter(connection, { prefix: `${redis.prefix}${prefix}` })
  return { ...limiter, [Symbol.asyncDispose]: () => connection.close() }
}

describe("a limiter", () => {
  test("gives no more goes than there are, however many processes ask at once", async ({ redis }) => {
    await using one = openLimiter(redis, "race:")
    await using other = openLimiter(redis, "race:")
    const limit = { key: "a", burst: 5, everyMs: HOUR }
    const waits = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).take([limit])),
    )
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5)
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(HOUR)
    expect(await one.take([{ ...limit, key: "b" }])).toBe(0)
  })

  test("has another go after the time that it named", async ({ redis }) => {
    await using limiter = openLimiter(redis, "refill:")
    const limit = { key: "a", burst: 2, everyMs: 300 }
    while ((await limiter.take([limit])) === 0);
    await expect.poll(() => limiter.take([limit]), { timeout: 5000 }).toBe(0)
  })

  test("takes out of all buckets or out of none", async ({ redis }) => {
    await using limiter = openLimiter(redis, "all:")
    const wide = { key: "wide", burst: 3, everyMs: HOUR }
    const narrow = { key: "narrow", burst: 1, everyMs: HOUR }
    const waits: number[] = []
    for (let time = 0; time < 4; time++) waits.push(await limiter.take([wide, narrow]))
    expect(waits.map((wait) => wait === 0)).toEqual([true, false, false, false])
    expect([await limiter.take([wide]), await limiter.take([wide])]).toEqual([0, 0])
    expect(await limiter.take([wide])).toBeGreaterThan(0)
  })

  test("takes back what did not count", async ({ redis }) => {
    await using limiter = openLimiter(redis, "back:")
    const limit = { key: "a", burst: 1, everyMs: HOUR }
    for (let time = 0; time < 3; time++) {
      expect(await limiter.take([limit])).toBe(0)
      await limiter.giveBack([limit])
    }
    await limiter.giveBack([limit])
    expect(await limiter.take([limit])).toBe(0)
    expect(await limiter.take([limit])).toBeGreaterThan(0)
  })

  test("notes facts for their time", async ({ redis }) => {
    await using limiter = openLimiter(redis, "note:")
    expect(await limiter.isNoted("a")).toBe(false)
    await limiter.note("a", HOUR)
    await limiter.note("b", 100)
    expect(await limiter.isNoted("a")).toBe(true)
    await expect.poll(() => limiter.isNoted("b"), { timeout: 5000 }).toBe(false)
  })

  test("still bounds each process while Redis is away", async ({ redis }) => {
    await using connection = openCacheRedis({ url: "redis://127.0.0.1:1", log, connectTimeoutMs: 100 })
    const limiter = createLimiter(connection, { prefix: redis.prefix })
    const limit = { key: "a", burst: 2, everyMs: HOUR }
    const waits: number[] = []
    for (let time = 0; time < 4; time++) waits.push(await limiter.take([limit]))
    expect(waits.map((wait) => wait === 0)).toEqual([true, true, false, false])
    await limiter.giveBack([limit])
    expect(await limiter.take([limit])).toBe(0)
    await limiter.note("b", HOUR)
    expect(await limiter.isNoted("b")).toBe(false)
  })
})
