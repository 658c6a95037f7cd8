import { createLogger } from "@tintype/observe"
import { test } from "@tintype/testkit"
import { describe, expect } from "vitest"
import { createCache } from "./cache.ts"
import type { CacheRedis } from "./cache-redis.ts"
import { CacheUnavailable } from "./same-tick.ts"
import { CACHE_SCRIPTS } from "./scripts.ts"
import { Notes, noteEntry } from "./testing/notes.ts"
import { openProcess } from "./testing/open-process.ts"

describe("writing through the cache", () => {
  test("a published value is there for the next reader, whether it was cached before or not", async ({
    redis,
  }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}publish:` })
    const notes = new Notes()
    notes.put(1, "old")
    await notes.read(process.cache, 1)
    const write = await process.cache.beginWrite([notes.put(1, "new"), notes.put(2, "born")])
    expect(write.marked).toBe(true)
    await write.publish()
    expect(await notes.read(process.cache, 1, 2)).toEqual(["new", "born"])
    expect(notes.loads).toHaveLength(1)
  })

  test("beginning and publishing cost one round trip each, however many values change", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}trips:` })
    const notes = new Notes()
    await (await process.cache.beginWrite([notes.put(0, "so that Redis knows the scripts")])).publish()
    process.roundTrips.length = 0
    const write = await process.cache.beginWrite([1, 2, 3].map((id) => notes.put(id, "x")))
    expect(process.roundTrips).toEqual([3])
    await write.publish()
    expect(process.roundTrips).toEqual([3, 3])
  })

  test("between begin and publish readers get the database's value and cache nothing", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}between:` })
    const notes = new Notes()
    notes.put(1, "old")
    await notes.read(process.cache, 1)
    const write = await process.cache.beginWrite([
      { key: noteEntry.key(1), next: { version: 2, value: { text: "new" } } },
    ])
    expect(await notes.read(process.cache, 1)).toEqual(["old"])
    notes.put(1, "new")
    expect(await notes.read(process.cache, 1)).toEqual(["new"])
    expect(notes.loads).toHaveLength(3)
    await write.publish()
    expect(await notes.read(process.cache, 1)).toEqual(["new"])
    expect(notes.loads).toHaveLength(3)
  })

  test("a writer that dies after COMMIT leaves nothing old, and its mark ends", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}dies:`, markMs: 300 })
    const notes = new Notes()
    notes.put(1, "old")
    await notes.read(process.cache, 1)
    await process.cache.beginWrite([notes.put(1, "new")])
    expect(await notes.read(process.cache, 1)).toEqual(["new"])
    expect(await notes.untilCached(process.cache, 1)).toBe("new")
  })

  test("after a rollback the value can be cached at once", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}rollback:` })
    const notes = new Notes()
    notes.put(1, "stays")
    const write = await process.cache.beginWrite([
      { key: noteEntry.key(1), next: { version: 2, value: null } },
    ])
    await write.abandon()
    await notes.read(process.cache, 1)
    expect(await notes.read(process.cache, 1)).toEqual(["stays"])
    expect(notes.loads).toHaveLength(1)
  })

  test("a deleted row is remembered as absent", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}deleted:` })
    const notes = new Notes()
    notes.put(1, "old")
    await (await process.cache.beginWrite([notes.put(1, null)])).publish()
    expect(await notes.read(process.cache, 1)).toEqual([undefined])
    expect(notes.loads).toHaveLength(0)
  })

  test("of two changes of one row in a transaction the later one counts", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}twice:` })
    const notes = new Notes()
    await (await process.cache.beginWrite([notes.put(1, "first"), notes.put(1, "second")])).publish()
    expect(await notes.read(process.cache, 1)).toEqual(["second"])
    expect(notes.loads).toHaveLength(0)
  })

  test("a version that Lua could not compare is refused before anything happens", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: redis.prefix })
    for (const version of [-1, 1.5, 2 ** 53, Number.NaN]) {
      const changes = [{ key: noteEntry.key(1), next: { version, value: null } }]
      await expect(process.cache.beginWrite(changes)).rejects.toThrow(RangeError)
    }
    expect(process.roundTrips).toEqual([])
  })

  test("forgetting drops the value and refuses what a reader is about to fill", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}forget:` })
    const notes = new Notes()
    notes.put(1, "old")
    await notes.read(process.cache, 1)
    notes.put(1, "new")
    await process.cache.forget([noteEntry.key(1).key])
    await process.cache.readMany([noteEntry.key(1)], async (missing) => {
      const loaded = await notes.load(missing)
      notes.put(1, "newest")
      await process.cache.forget([noteEntry.key(1).key])
      return loaded
    })
    expect(await notes.read(process.cache, 1)).toEqual(["newest"])
  })

  test("forgetting keeps a writer that is late from putting what is older by now", async ({ redis }) => {
    await using process = openProcess({ url: redis.cacheUrl, prefix: `${redis.prefix}late:` })
    const notes = new Notes()
    const late = await process.cache.beginWrite([notes.put(1, "old")])
    notes.put(1, "new")
    await process.cache.forget([noteEntry.key(1).key])
    await late.publish()
    expect(await notes.read(process.cache, 1)).toEqual(["new"])
    // Once it is through, all is as ever.
    expect(await notes.untilCached(process.cache, 1)).toBe("new")
  })

  test("a mark that Redis sets only after its writer gave it up lets nothing older be put", async ({
    redis,
  }) => {
    const prefix = `${redis.prefix}mark:`
    await using process = openProcess({ url: redis.cacheUrl, prefix })
    const late: (() => Promise<unknown>)[] = []
    const slow: CacheRedis = {
      trusted: true,
      send: (...args) => process.redis.send(...args),
      async run(script, ...args) {
        if (script !== CACHE_SCRIPTS.begin) return process.redis.run(script, ...args)
        late.push(() => process.redis.run(script, ...args))
        throw new CacheUnavailable("still under way")
      },
    }
    await using slowCache = createCache(slow, { log: createLogger("test", "silent"), prefix })
    const notes = new Notes()
    const given = await slowCache.beginWrite([notes.put(1, "old")])
    expect(given.marked).toBe(false)
    await (await process.cache.beginWrite([notes.put(1, "new")])).publish()
    for (const run of late) await run()
    await given.publish()
    expect(await notes.read(process.cache, 1)).toEqual(["new"])
    expect(await notes.untilCached(process.cache, 1)).toBe("new")
  })
})
