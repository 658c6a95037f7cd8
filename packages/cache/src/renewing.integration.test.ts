import { test } from "@tintype/testkit"
import { describe, expect, vi } from "vitest"
import { type CacheKey, defineEntry } from "./define-entry.ts"
import { xfetch } from "./renewals.ts"
import { openProcess } from "./testing/open-process.ts"
import { Loaded } from "./versioned.ts"

/** Due at once, but good for long. */
const clock = defineEntry<number, number>({
  name: "clock",
  shape: 1,
  ttlSeconds: 100,
  softTtlSeconds: 0.001,
  id: String,
})
const slowClock = defineEntry<number, number>({ name: "slow-clock", shape: 1, ttlSeconds: 100, id: String })

/** A table whose values rise with every load. */
function countLoads() {
  const loads: string[] = []
  const load = async (missing: readonly CacheKey<number>[]) => {
    const loaded = new Loaded()
    for (const key of missing) {
      loads.push(key.key)
      loaded.set(key, { version: 1, value: loads.length })
    }
    return loaded
  }
  return { loads, load }
}

describe("a value that is due", () => {
  test("is served as it is and renewed behind the reader's back", async ({ redis }) => {
    const options = { url: redis.cacheUrl, prefix: `${redis.prefix}due:` }
    await using process = openProcess(options, { earlyMs: () => 1000 })
    const { loads, load } = countLoads()
    const key = clock.key(1)
    const read = async () => (await process.cache.readMany([key], load)).get(key)
    expect(await read()).toBe(1)
    expect(await read()).toBe(1)
    await process.cache.idle()
    expect(await read()).toBe(2)
    expect(process.cache.counters).toMatchObject({ misses: 1, hits: 2, renewals: 1 })
    expect(loads.length).toBeLessThanOrEqual(3)
  })

  test("is renewed once, however many read it in however many processes", async ({ redis }) => {
    const options = { url: redis.cacheUrl, prefix: `${redis.prefix}once:` }
    // Once renewed it is due again at once: only what was put until then shall be renewed.
    let before = 0
    const parts = { earlyMs: () => before - Date.now() }
    await using first = openProcess(options, parts)
    await using second = openProcess(options, parts)
    const { loads, load } = countLoads()
    const key = clock.key(1)
    await first.cache.readMany([key], load)
    await first.cache.idle()
    before = Date.now() + 1
    const { promise: finish, resolve } = Promise.withResolvers<void>()
    const held = async (missing: readonly CacheKey<number>[]) => {
      const loaded = await load(missing)
      await finish
      return loaded
    }
    const reads = [first, second].flatMap(({ cache }) =>
      Array.from({ length: 50 }, () => cache.readMany([key], held)),
    )
    const values = (await Promise.all(reads)).map((found) => found.get(key))
    expect(new Set(values)).toEqual(new Set([1]))
    await vi.waitUntil(() => Date.now() > before + 1)
    resolve()
    await Promise.all([first.cache.idle(), second.cache.idle()])
    expect(loads).toHaveLength(2)
  })

  test("stays when its renewal fails, and is renewed by a later reader", async ({ redis }) => {
    const options = { url: redis.cacheUrl, prefix: `${redis.prefix}fails:` }
    await using process = openProcess(options, { earlyMs: () => 1000 })
    const { load } = countLoads()
    const key = clock.key(1)
    await process.cache.readMany([key], load)
    const failing = () => Promise.reject(new Error("no database"))
    expect((await process.cache.readMany([key], failing)).get(key)).toBe(1)
    await process.cache.idle()
    expect((await process.cache.readMany([key], load)).get(key)).toBe(1)
    await process.cache.idle()
    expect((await process.cache.readMany([key], load)).get(key)).toBe(2)
  })
})

describe("a value that is not due", () => {
  test("is renewed early when the dice say so, and not by one whose clock is wrong", async ({ redis }) => {
    const options = { url: redis.cacheUrl, prefix: `${redis.prefix}early:` }
    await using never = openProcess(options, { earlyMs: () => 0 })
    await using always = openProcess(options, { earlyMs: () => 1e9 })
    const { loads, load } = countLoads()
    const key = slowClock.key(1)
    for (let n = 0; n < 3; n++) await never.cache.readMany([key], load)
    await never.cache.idle()
    expect(loads).toHaveLength(1)
    await always.cache.readMany([key], load)
    await always.cache.idle()
    expect(loads).toHaveLength(2)
  })

  test("is renewed the earlier the longer its load takes", () => {
    const mean = (costMs: number) =>
      Array.from({ length: 20_000 }, () => xfetch(costMs)).reduce((sum, early) => sum + early) / 20_000
    expect(mean(100) / 100).toBeCloseTo(1, 1)
    expect(mean(0)).toBe(0)
  })
})

describe("a value that is too large", () => {
  const page = defineEntry<number, string>({
    name: "page",
    shape: 1,
    ttlSeconds: 100,
    maxBytes: 100,
    id: String,
  })
  const key = page.key(1)

  test("is read from the database, by nobody one after the other, until it is small again", async ({
    redis,
  }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}large:` })
    let loads = 0
    const load = async () => {
      loads += 1
      return { version: 1, value: "x".repeat(200) }
    }
    for (let n = 0; n < 3; n++) expect(await process.cache.read(key, load)).toHaveLength(200)
    expect(loads).toBe(3)
    expect(process.cache.counters).toMatchObject({ tooLarge: 1, leaseWaits: 0, hits: 0 })
    await (await process.cache.beginWrite([{ key, next: { version: 2, value: "small" } }])).publish()
    expect(await process.cache.read(key, load)).toBe("small")
    await (await process.cache.beginWrite([{ key, next: { version: 3, value: "y".repeat(300) } }])).publish()
    expect(await process.cache.read(key, load)).toHaveLength(200)
    expect(loads).toBe(4)
  })
})
