import { setTimeout as sleep } from "node:timers/promises"
import { test } from "@tintype/testkit"
import { describe, expect, vi } from "vitest"
import { Notes, noteEntry } from "./testing/notes.ts"
import { openProcess } from "./testing/open-process.ts"
import type { Loaded } from "./versioned.ts"

/** A load that ends when it is told to. */
function heldLoad(notes: Notes) {
  const { promise, resolve } = Promise.withResolvers<void>()
  const load = vi.fn(async (missing: Parameters<typeof notes.load>[0]): Promise<Loaded> => {
    await promise
    return notes.load(missing)
  })
  return { load, finish: resolve }
}

describe("many readers of a cold key", () => {
  test("in one process load it once", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}hundred:` })
    const notes = new Notes()
    notes.put(1, "hot")
    const reads = await Promise.all(Array.from({ length: 100 }, () => notes.read(process.cache, 1)))
    expect(new Set(reads.flat())).toEqual(new Set(["hot"]))
    expect(notes.loads).toHaveLength(1)
    // A look each before and after, and for all of them together a lease and a fill (twice, as Redis learns them).
    const commands = process.roundTrips.reduce((sum, each) => sum + each, 0)
    expect(commands).toBeLessThanOrEqual(2 * 100 + 4)
  })

  test("in two processes load it once", async ({ redis }) => {
    const options = { url: redis.cacheUrl, prefix: `${redis.prefix}two:` }
    // A busy test machine may not be done within the usual patience.
    const patient = { pause: () => sleep(300) }
    await using first = openProcess(options, patient)
    await using second = openProcess(options, patient)
    const notes = new Notes()
    notes.put(1, "hot")
    const reads = await Promise.all([first, second].map((process) => notes.read(process.cache, 1)))
    expect(reads).toEqual([["hot"], ["hot"]])
    expect(notes.loads).toHaveLength(1)
  })

  test("do not wait for ever for the one that is loading it", async ({ redis }) => {
    const prefix = `${redis.prefix}slow:`
    await using first = openProcess({ url: redis.cacheUrl, prefix })
    await using second = openProcess({ url: redis.cacheUrl, prefix })
    const notes = new Notes()
    notes.put(1, "hot")
    const { load, finish } = heldLoad(notes)
    const slow = first.cache.readMany([noteEntry.key(1)], load)
    await vi.waitFor(() => expect(load).toHaveBeenCalledOnce())
    expect(await notes.read(second.cache, 1)).toEqual(["hot"])
    finish()
    expect((await slow).get(noteEntry.key(1))).toEqual({ text: "hot" })
    // Only the one that held the lease has filled.
    expect(await notes.read(second.cache, 1)).toEqual(["hot"])
    expect(notes.loads).toHaveLength(2)
  })

  test("do not wait out the lease of one whose load failed", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}fail:` })
    const notes = new Notes()
    notes.put(1, "there")
    const failing = process.cache.readMany([noteEntry.key(1)], () => Promise.reject(new Error("no database")))
    await expect(failing).rejects.toThrow("no database")
    expect(await notes.untilCached(process.cache, 1)).toBe("there")
  })

  test("in one process go on as soon as it is filled", async ({ redis }) => {
    const options = { url: redis.cacheUrl, prefix: `${redis.prefix}filled:` }
    await using process = openProcess(options, { pause: () => new Promise(() => {}) })
    const notes = new Notes()
    notes.put(1, "hot")
    const reads = await Promise.all(Array.from({ length: 5 }, () => notes.read(process.cache, 1)))
    expect(new Set(reads.flat())).toEqual(new Set(["hot"]))
  })
})
