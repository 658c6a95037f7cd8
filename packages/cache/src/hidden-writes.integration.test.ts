import { freePort } from "@tintype/dev"
import { createLogger } from "@tintype/observe"
import { test } from "@tintype/testkit"
import { describe, expect } from "vitest"
import { createCache } from "./cache.ts"
import type { CacheRedis } from "./cache-redis.ts"
import { CacheUnavailable } from "./same-tick.ts"
import { Notes, noteEntry } from "./testing/notes.ts"
import { openProcess } from "./testing/open-process.ts"

const { key } = noteEntry.key(1)

/** What the database holds of writes that Redis misses. */
function openOwed() {
  const owed = new Set<string>()
  return {
    readOwed: async () => [...owed],
    record: async (keys: readonly string[]) => {
      for (const each of keys) owed.add(each)
    },
    settle: () => owed.clear(),
  }
}

describe("a write by a process that Redis does not answer", () => {
  test("is seen by those whom Redis answers, from its acknowledgement on", async ({ redis }) => {
    const prefix = `${redis.prefix}unreachable:`
    const { readOwed, record, settle } = openOwed()
    await using reader = openProcess({ url: redis.cacheUrl, prefix, readOwed })
    await using writer = openProcess({ url: `redis://127.0.0.1:${await freePort()}`, prefix, readOwed })
    const notes = new Notes()
    notes.put(1, "old")
    expect(await notes.untilCached(reader.cache, 1)).toBe("old")
    for (const text of ["new", "newer"]) {
      const write = await writer.cache.beginWrite([notes.put(1, text)])
      expect(write.marked).toBe(false)
      await record([key])
      // The reader knows of nothing yet, and does for a while.
      expect(await notes.read(reader.cache, 1)).toEqual(["old"])
      await write.publish()
      expect(await notes.read(reader.cache, 1)).toEqual([text])
      await reader.cache.forget([key])
      settle()
      notes.loads.length = 0
      expect(await notes.untilCached(reader.cache, 1)).toBe(text)
      notes.put(1, "old")
      await (await reader.cache.beginWrite([notes.put(1, "old")])).publish()
    }
  })

  test("is named when only its publishing fails, after its mark was lost", async ({ redis }) => {
    const prefix = `${redis.prefix}unpublished:`
    const { readOwed, record } = openOwed()
    await using reader = openProcess({ url: redis.cacheUrl, prefix, readOwed })
    let cut = false
    const flaky: CacheRedis = {
      trusted: true,
      send: (...args) => reader.redis.send(...args),
      run: async (...args) => {
        if (cut) throw new CacheUnavailable("out of reach")
        return reader.redis.run(...args)
      },
    }
    const log = createLogger("test", "silent")
    await using writer = createCache(flaky, { log, prefix, readOwed })
    const notes = new Notes()
    notes.put(1, "old")
    const write = await writer.beginWrite([{ key: noteEntry.key(1), next: { version: 2, value: null } }])
    expect(write.marked).toBe(true)
    await reader.redis.send("del", `${prefix}${key}:w`)
    expect(await notes.untilCached(reader.cache, 1)).toBe("old")
    notes.put(1, "new")
    cut = true
    await write.publish(record)
    expect(await notes.read(reader.cache, 1)).toEqual(["new"])
    // Once Redis answers, the writer takes back what was filled meanwhile.
    cut = false
    await writer.idle()
    expect(await reader.redis.send("exists", `${prefix}${key}`)).toBe(0)
  })

  test("is not acknowledged when it cannot be named either", async ({ redis }) => {
    const prefix = `${redis.prefix}unnamed:`
    await using process = openProcess({ url: redis.cacheUrl, prefix, readOwed: async () => [] })
    const notes = new Notes()
    const write = await process.cache.beginWrite([notes.put(1, "new")])
    await process.redis.close()
    const failing = write.publish(async () => Promise.reject(new Error("no database")))
    await expect(failing).rejects.toThrow("no database")
  })
})
