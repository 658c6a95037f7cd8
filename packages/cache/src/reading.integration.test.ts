import { test } from "@tintype/testkit"
import { describe, expect } from "vitest"
import { defineEntry } from "./define-entry.ts"
import { Notes, noteEntry } from "./testing/notes.ts"
import { openProcess } from "./testing/open-process.ts"
import { Loaded } from "./versioned.ts"

describe("reading through the cache", () => {
  test("twenty cached values cost one round trip of one command", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}many:` })
    const notes = new Notes()
    const ids = Array.from({ length: 20 }, (_, n) => n)
    for (const id of ids) notes.put(id, `note ${id}`)
    await notes.read(process.cache, ...ids)
    await process.cache.idle()
    process.roundTrips.length = 0

    expect(await notes.read(process.cache, ...ids)).toEqual(ids.map((id) => `note ${id}`))
    expect(process.roundTrips).toEqual([1])
    expect(notes.loads).toHaveLength(1)
  })

  test("what is missing is loaded by one call over all entries, in three round trips of one command", async ({
    redis,
  }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}mixed:` })
    const tags = defineEntry<string, string[]>({ name: "tags", shape: 1, ttlSeconds: 100, id: (id) => id })
    const notes = new Notes()
    notes.put(1, "cached")
    await notes.read(process.cache, 1)
    await process.cache.idle()
    // The scripts are known to Redis from here on.
    process.roundTrips.length = 0

    const keys = [noteEntry.key(1), noteEntry.key(2), tags.key("x"), tags.key("x")]
    const asked: string[][] = []
    const found = await process.cache.readMany(keys, async (missing) => {
      asked.push(missing.map(({ key }) => key))
      return new Loaded().set(tags.key("x"), { version: 3, value: ["a", "b"] })
    })
    expect(asked).toEqual([[noteEntry.key(2).key, tags.key("x").key]])
    expect(found.get(noteEntry.key(1))).toEqual({ text: "cached" })
    expect(found.get(noteEntry.key(2))).toBeNull()
    expect(found.get(tags.key("x"))).toEqual(["a", "b"])
    await process.cache.idle()
    expect(process.roundTrips).toEqual([1, 1, 1])
  })

  test("an absence is remembered", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}absent:` })
    const notes = new Notes()
    expect(await notes.read(process.cache, 1)).toEqual([undefined])
    expect(await notes.read(process.cache, 1)).toEqual([undefined])
    expect(notes.loads).toHaveLength(1)
  })

  test("one key is read by its own load", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}one:` })
    const read = () =>
      process.cache.read(noteEntry.key(1), async () => ({
        version: 1,
        value: { text: String(Math.random()) },
      }))
    const first = await read()
    expect(await read()).toEqual(first)
  })

  test("what is asked for in the same tick shares a round trip", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}tick:` })
    const notes = new Notes()
    notes.put(1, "first")
    await notes.read(process.cache, 1)
    await process.cache.idle()
    process.roundTrips.length = 0

    const list = process.redis.send("lrange", `${redis.prefix}list`, 0, -1)
    expect(await Promise.all([notes.read(process.cache, 1), list])).toEqual([["first"], []])
    expect(process.roundTrips).toEqual([2])
  })

  test("an entry of a new shape does not see values of the old one", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}shape:` })
    const notes = new Notes()
    notes.put(1, "old shape")
    await notes.read(process.cache, 1)
    const next = defineEntry<number, string>({ name: "note", shape: 2, ttlSeconds: 100, id: String })
    expect(await process.cache.read(next.key(1), async () => ({ version: 1, value: "new" }))).toBe("new")
    expect(await notes.read(process.cache, 1)).toEqual(["old shape"])
  })

  test("values and absences live as long as their entry says, give or take a tenth", async ({ redis }) => {
    const prefix = `${redis.prefix}ttl:`
    await using process = openProcess({ url: redis.cacheUrl, prefix })
    const notes = new Notes()
    const ids = Array.from({ length: 30 }, (_, n) => n)
    for (const id of ids.slice(15)) notes.put(id, "there")
    await notes.read(process.cache, ...ids)
    await process.cache.idle()
    const life = async (id: number) =>
      Number(await process.redis.send("pttl", prefix + noteEntry.key(id).key))
    const lives = await Promise.all(ids.map(life))
    for (const ms of lives.slice(0, 15)) expect(Math.abs(ms - 10_000)).toBeLessThan(3_000)
    for (const ms of lives.slice(15)) expect(Math.abs(ms - 100_000)).toBeLessThan(12_000)
    expect(new Set(lives.slice(15).map((ms) => Math.round(ms / 1000))).size).toBeGreaterThan(1)
  })

  test("an unreadable value is loaded anew", async ({ redis }) => {
    const prefix = `${redis.prefix}odd:`
    await using process = openProcess({ url: redis.cacheUrl, prefix })
    const notes = new Notes()
    notes.put(1, "right")
    for (const odd of ["", "x", "1:", "1:{", "-1:null", "{}"]) {
      await process.redis.send("set", prefix + noteEntry.key(1).key, odd)
      expect(await notes.read(process.cache, 1)).toEqual(["right"])
    }
  })

  test("too many keys are refused, none are none", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: redis.prefix })
    const notes = new Notes()
    const ids = Array.from({ length: 1001 }, (_, n) => n)
    await expect(notes.read(process.cache, ...ids)).rejects.toThrow(RangeError)
    expect(await notes.read(process.cache)).toEqual([])
    expect(process.roundTrips).toEqual([])
  })
})
