import { test } from "@tintype/testkit"
import { describe, expect } from "vitest"
import { Notes } from "./testing/notes.ts"
import { openProcess } from "./testing/open-process.ts"

describe("the sampler", () => {
  test("finds what is older than the database, and drops it", async ({ redis }) => {
    const prefix = `${redis.prefix}sampler:`
    await using process = openProcess({ url: redis.cacheUrl, prefix, sampleEvery: 1 })
    const notes = new Notes()
    notes.put(1, "old")
    await notes.read(process.cache, 1)
    // Past the cache, as nothing of ours may write.
    notes.put(1, "new")
    expect(await notes.read(process.cache, 1)).toEqual(["old"])
    await process.cache.idle()
    expect(process.cache.counters).toMatchObject({ compared: 1, foundStale: 1 })
    expect(await notes.read(process.cache, 1)).toEqual(["new"])
  })

  test("finds nothing where all is well, a write under way included", async ({ redis }) => {
    const prefix = `${redis.prefix}well:`
    await using process = openProcess({ url: redis.cacheUrl, prefix, sampleEvery: 1 })
    const notes = new Notes()
    notes.put(1, "first")
    for (let n = 0; n < 20; n++) {
      await notes.read(process.cache, 1)
      const write = await process.cache.beginWrite([notes.put(1, `change ${n}`)])
      await Promise.all([notes.read(process.cache, 1), write.publish()])
      await notes.read(process.cache, 1)
      await process.cache.idle()
    }
    expect(process.cache.counters.compared).toBeGreaterThan(10)
    expect(process.cache.counters.foundStale).toBe(0)
  })

  test("compares as many hits as it is told", async ({ redis }) => {
    const prefix = `${redis.prefix}some:`
    await using process = openProcess({ url: redis.cacheUrl, prefix, sampleEvery: 5 })
    const notes = new Notes()
    notes.put(1, "there")
    for (let n = 0; n < 500; n++) {
      await notes.read(process.cache, 1)
      await process.cache.idle()
    }
    expect(Math.abs(process.cache.counters.compared - 100)).toBeLessThan(50)
  })

  test("compares none before its time, however many hits there are", async ({ redis }) => {
    const prefix = `${redis.prefix}seldom:`
    await using process = openProcess({
      url: redis.cacheUrl,
      prefix,
      sampleEvery: 1,
      samplePauseMs: 3_600_000,
    })
    const notes = new Notes()
    notes.put(1, "there")
    for (let n = 0; n < 20; n++) {
      await notes.read(process.cache, 1)
      await process.cache.idle()
    }
    expect(process.cache.counters.compared).toBe(1)
  })
})
