import { createLogger } from "@tintype/observe"
import { test } from "@tintype/testkit"
import { describe, expect, vi } from "vitest"
import { createCache } from "./cache.ts"
import type { CacheRedis } from "./cache-redis.ts"
import { defineEntry } from "./define-entry.ts"
import { CACHE_SCRIPTS } from "./scripts.ts"
import { Notes, noteEntry } from "./testing/notes.ts"
import { openProcess } from "./testing/open-process.ts"
import { Loaded } from "./versioned.ts"

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)

/** A table, and a load of it that ends when it is told to. */
function heldNotes(count: number) {
  const notes = new Notes()
  for (const id of numbers(count)) notes.put(id, `note ${id}`)
  const gate = Promise.withResolvers<void>()
  const load = vi.fn(async (missing: Parameters<typeof notes.load>[0]) => {
    const loaded = await notes.load(missing)
    await gate.promise
    return loaded
  })
  return { notes, load, finish: gate.resolve }
}

describe("filling many keys at once", () => {
  test("takes a command for some, and leaves all of them cached", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}many:` })
    const { notes } = heldNotes(120)
    await notes.read(process.cache, 1000)
    await process.cache.idle()
    process.roundTrips.length = 0
    await notes.read(process.cache, ...numbers(120))
    await process.cache.idle()
    expect(process.roundTrips).toEqual([1, 3, 3])
    expect(process.cache.counters).toMatchObject({ fills: 121, refusedFills: 0 })
    const loads = notes.loads.length
    expect(await notes.read(process.cache, ...numbers(120))).toEqual(numbers(120).map((id) => `note ${id}`))
    expect(notes.loads).toHaveLength(loads)
  })

  test("is granted for those alone that nobody else is at", async ({ redis }) => {
    const options = { url: redis.cacheUrl, prefix: `${redis.prefix}held:` }
    await using first = openProcess(options)
    await using second = openProcess(options, { looks: 1e6 })
    const { notes, load, finish } = heldNotes(3)
    const slow = first.cache.readMany([noteEntry.key(1)], load)
    await vi.waitFor(() => expect(load).toHaveBeenCalledOnce())
    const read = notes.read(second.cache, 0, 1, 2)
    await vi.waitFor(() => expect(second.cache.counters.fills).toBe(2))
    finish()
    await slow
    expect(await read).toEqual(["note 0", "note 1", "note 2"])
    expect(notes.loads.slice(1)).toEqual([[noteEntry.key(0).key, noteEntry.key(2).key]])
  })

  test("leaves alone what was written meanwhile, and puts the others", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}written:` })
    const { notes, load, finish } = heldNotes(3)
    const keys = numbers(3).map((id) => noteEntry.key(id))
    const slow = process.cache.readMany(keys, load)
    await vi.waitFor(() => expect(load).toHaveBeenCalledOnce())
    const write = await process.cache.beginWrite([notes.put(1, "new")])
    await write.publish()
    finish()
    await slow
    await process.cache.idle()
    expect(process.cache.counters).toMatchObject({ fills: 2, refusedFills: 1 })
    expect(await notes.read(process.cache, 0, 1, 2)).toEqual(["note 0", "new", "note 2"])
    expect(notes.loads).toHaveLength(1)
  })

  test("is not kept from the others by one that cannot be cached", async ({ redis }) => {
    const counts = defineEntry<number, bigint>({ name: "count", shape: 1, ttlSeconds: 100, id: String })
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}odd:` })
    const odd = counts.key(2)
    const keys = [noteEntry.key(1), odd, noteEntry.key(3)] as const
    const load = vi.fn(async (missing: readonly (typeof keys)[number][]): Promise<Loaded> => {
      const loaded = new Loaded()
      if (missing.includes(odd)) loaded.set(odd, { version: 1, value: 2n })
      return loaded
    })
    for (let n = 0; n < 2; n++) {
      expect((await process.cache.readMany(keys, load)).get(counts.key(2))).toBe(2n)
      await process.cache.idle()
    }
    // Its lease is given back: a second reader does not wait for it.
    expect(load.mock.calls).toEqual([[[...keys]], [[odd]]])
    expect(process.cache.counters).toMatchObject({ fills: 2, refusedFills: 2, leaseWaits: 0 })
  })
})

describe("what was loaded", () => {
  /** A cache whose fills, but for the first so many, reach Redis when they are let through. */
  function withheld(redis: CacheRedis, prefix: string, free = 0) {
    const gate = Promise.withResolvers<void>()
    let held = 0
    const slow: CacheRedis = {
      trusted: true,
      send: (...command) => redis.send(...command),
      run: async (script, keys, ...args) => {
        if (script === CACHE_SCRIPTS.fill) {
          held += 1
          if (held > free) await gate.promise
        }
        return redis.run(script, keys, ...args)
      },
    }
    const cache = createCache(slow, { log: createLogger("test", "silent"), prefix })
    return { cache, letThrough: gate.resolve, held: () => held }
  }

  test("is answered before it is cached, and followers wait for that", async ({ redis }) => {
    const prefix = `${redis.prefix}before:`
    await using process = openProcess({ url: redis.cacheUrl, prefix })
    const { cache, letThrough } = withheld(process.redis, prefix)
    const { notes } = heldNotes(1)
    expect(await notes.read(cache, 0)).toEqual(["note 0"])
    const follower = notes.read(cache, 0)
    await process.redis.send("ping")
    letThrough()
    expect(await follower).toEqual(["note 0"])
    await cache.idle()
    expect(notes.loads).toHaveLength(1)
    expect(cache.counters).toMatchObject({ fills: 1, hits: 1 })
  })

  test("is led until it is cached, however long others take that were loaded with it", async ({ redis }) => {
    const prefix = `${redis.prefix}led:`
    await using process = openProcess({ url: redis.cacheUrl, prefix })
    const { cache, letThrough, held } = withheld(process.redis, prefix, 1)
    const { notes } = heldNotes(51)
    const both = [notes.read(cache, ...numbers(51)), notes.read(cache, 0)]
    expect((await Promise.all(both)).map(([text]) => text)).toEqual(["note 0", "note 0"])
    expect(held()).toBe(2)
    letThrough()
    expect(await notes.read(cache, 50)).toEqual(["note 50"])
    expect(notes.loads).toHaveLength(1)
  })

  test("is answered after it is cached while much is being filled", async ({ redis }) => {
    const prefix = `${redis.prefix}much:`
    await using process = openProcess({ url: redis.cacheUrl, prefix })
    const { cache, letThrough, held } = withheld(process.redis, prefix)
    const { notes } = heldNotes(40)
    let answered = 0
    const reads = numbers(40).map(async (id) => {
      await notes.read(cache, id)
      answered += 1
    })
    await vi.waitUntil(() => held() === 40)
    await process.redis.send("ping")
    expect(answered).toBe(32)
    letThrough()
    await Promise.all(reads)
    await cache.idle()
    expect(cache.counters.fills).toBe(40)
  })
})
