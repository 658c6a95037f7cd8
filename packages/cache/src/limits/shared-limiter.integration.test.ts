import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort, startRedis } from "@tintype/dev"
import { createLogger } from "@tintype/observe"
import { type TestRedis, test } from "@tintype/testkit"
import { describe, expect, onTestFinished } from "vitest"
import { openCacheRedis } from "../cache-redis.ts"
import { createSharedLimiter, type SharedLimiterOptions } from "./shared-limiter.ts"

const log = createLogger("test", "silent")
const HOUR = 3600_000

function openLimiter(url: string, options: SharedLimiterOptions) {
  let asked = 0
  const onRoundTrip = (commands: number) => {
    asked += commands
  }
  const connection = openCacheRedis({ url, log, timeoutMs: 500, onRoundTrip })
  onTestFinished(() => connection.close())
  const limiter = createSharedLimiter(connection, options)
  return {
    /** Commands that went to Redis. */
    get asked() {
      return asked
    },
    take: async (key: string, burst: number, everyMs = HOUR) =>
      (await limiter.take([{ key, burst, everyMs }]))[0],
    takeAll: limiter.take.bind(limiter),
  }
}

const openTwo = (redis: TestRedis, name: string) => {
  const options = { prefix: `${redis.prefix}${name}:` }
  return [openLimiter(redis.cacheUrl, options), openLimiter(redis.cacheUrl, options)] as const
}

describe("processes that share their buckets", () => {
  test.for([3, 20, 300])(
    "give %i goes together and not one more, taken in turn",
    async (burst, { redis }) => {
      const [one, other] = openTwo(redis, `turn${burst}`)
      let given = 0
      for (let time = 0; time < burst + 10; time++) {
        const standing = await (time % 2 ? one : other).take("a", burst)
        if (standing?.waitMs === 0) given++
      }
      expect(given).toBe(burst)
    },
  )

  test("give no more when all come at once", async ({ redis }) => {
    const both = openTwo(redis, "race")
    const all = Array.from({ length: 60 }, (_, index) => both[index % 2]?.take("a", 25))
    const standings = await Promise.all(all)
    expect(standings.filter((each) => each?.waitMs === 0)).toHaveLength(25)
  })

  test("learn from Redis what others took, and how long to wait", async ({ redis }) => {
    const [one, other] = openTwo(redis, "learn")
    await one.take("a", 3)
    await one.take("a", 3)
    expect(await other.take("a", 3)).toMatchObject({ waitMs: 0, left: 0 })
    const refused = await one.take("a", 3)
    expect(refused?.waitMs).toBeGreaterThan(HOUR * 0.99)
    expect(refused?.fullInMs).toBeGreaterThan(3 * HOUR * 0.99)
    expect(refused?.fullInMs).toBeLessThanOrEqual(3 * HOUR)
  })

  test("take from several buckets in one round trip", async ({ redis }) => {
    const [one] = openTwo(redis, "several")
    const limits = ["a", "b", "c"].map((key) => ({ key, burst: 2, everyMs: HOUR }))
    await one.take("warm-up", 2)
    let trips = 0
    const connection = openCacheRedis({
      url: redis.cacheUrl,
      log,
      timeoutMs: 2000,
      onRoundTrip: () => trips++,
    })
    onTestFinished(() => connection.close())
    const limiter = createSharedLimiter(connection, { prefix: `${redis.prefix}several:` })
    await limiter.take(limits)
    expect(trips).toBe(1)
  })
})

describe("what a process knows", () => {
  test("refuses without asking Redis", async ({ redis }) => {
    const [one] = openTwo(redis, "refuse")
    while ((await one.take("a", 2))?.waitMs === 0);
    const before = one.asked
    for (let time = 0; time < 20; time++) expect((await one.take("a", 2))?.waitMs).toBeGreaterThan(0)
    expect(one.asked).toBe(before)
  })

  test("lets most goes of a full bucket pass without asking, and Redis hears of all of them", async ({
    redis,
  }) => {
    const [one, other] = openTwo(redis, "owe")
    for (let time = 0; time < 50; time++) await one.take("a", 400)
    expect(one.asked).toBeLessThan(30)
    await expect.poll(async () => (await other.take("a", 400))?.left).toBeLessThanOrEqual(349)
  })

  test("is bounded: of many clients the first are forgotten here, and only here", async ({ redis }) => {
    const limiter = openLimiter(redis.cacheUrl, { prefix: `${redis.prefix}many:`, most: 10 })
    while ((await limiter.take("first", 2))?.waitMs === 0);
    for (let client = 0; client < 20; client++) await limiter.take(`client-${client}`, 2)
    const before = limiter.asked
    expect((await limiter.take("first", 2))?.waitMs).toBeGreaterThan(0)
    expect(limiter.asked).toBe(before + 1)
  })
})

describe("while Redis", () => {
  async function startOwn() {
    const dir = mkdtempSync(join(tmpdir(), "tintype-limiter-"))
    const port = await freePort()
    const start = () => startRedis({ dir, port, kind: "cache" })
    let running = await start()
    onTestFinished(async () => {
      await running.stop()
      rmSync(dir, { recursive: true, force: true })
    })
    const restart = async () => {
      running = await start()
    }
    return { server: running, restart, url: `redis://127.0.0.1:${port}` }
  }

  test("is killed, goes are counted here, and nobody waits", async () => {
    const { server, url } = await startOwn()
    const limiter = openLimiter(url, {})
    expect(await limiter.take("a", 3)).toMatchObject({ waitMs: 0, left: 2 })
    await server.stop()
    const waits: (number | undefined)[] = []
    for (let time = 0; time < 4; time++) waits.push((await limiter.take("a", 3))?.waitMs)
    expect(waits.map((wait) => wait === 0)).toEqual([true, true, false, false])
  })

  test("was away, goes are counted here, and Redis hears of them once it is back", async () => {
    const { server, url, restart } = await startOwn()
    const [one, other] = [openLimiter(url, {}), openLimiter(url, {})]
    await server.stop()
    for (let time = 0; time < 50; time++) await one.take("a", 100)
    await restart()
    let since = 0
    const takeBoth = async () => {
      since++
      await one.take("a", 100)
      return (await other.take("a", 100))?.left ?? 0
    }
    await expect.poll(async () => (await takeBoth()) + 2 * since, { timeout: 5000 }).toBeLessThanOrEqual(50)
  })

  test("is frozen, too: it is waited for a bounded time", async () => {
    const { server, url } = await startOwn()
    const limiter = openLimiter(url, {})
    expect(await limiter.take("a", 3)).toMatchObject({ waitMs: 0, left: 2 })
    process.kill(server.pid, "SIGSTOP")
    const waits: (number | undefined)[] = []
    for (let time = 0; time < 4; time++) waits.push((await limiter.take("a", 3))?.waitMs)
    process.kill(server.pid, "SIGCONT")
    expect(waits.map((wait) => wait === 0)).toEqual([true, true, false, false])
  })

  test("is not there at all, there are limits too", async () => {
    const limiter = openLimiter("redis://127.0.0.1:1", {})
    const waits: (number | undefined)[] = []
    for (let time = 0; time < 4; time++) waits.push((await limiter.take("a", 2))?.waitMs)
    expect(waits.map((wait) => wait === 0)).toEqual([true, true, false, false])
  })
})
