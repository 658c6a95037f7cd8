import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort, type RedisServer, startRedis } from "@tintype/dev"
import { Redis } from "ioredis"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { CacheUnavailable } from "./same-tick.ts"
import { LoadsExhausted } from "./single-flight.ts"
import { Notes, noteEntry } from "./testing/notes.ts"
import { openProcess } from "./testing/open-process.ts"
import { Loaded } from "./versioned.ts"

let dir = ""
let port = 0
let server: RedisServer

const start = () => startRedis({ dir, port, kind: "cache" })

/** A process that notices soon. */
const openQuick = (prefix: string) =>
  openProcess({ url: `redis://127.0.0.1:${port}`, prefix, timeoutMs: 100, probeMs: 100, settleMs: 1000 })

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "tintype-outage-"))
  port = await freePort()
  server = await start()
})

afterAll(async () => {
  await server.stop()
  rmSync(dir, { recursive: true, force: true })
})

const untilTrusted = (process: ReturnType<typeof openQuick>) =>
  vi.waitFor(() => expect(process.redis.trusted).toBe(true), 5000)

describe("a Redis that has just started", () => {
  test("is not believed at once by a process that never saw another: it may have lost marks", async () => {
    await server.stop()
    server = await start()
    const url = `redis://127.0.0.1:${port}`
    await using cautious = openProcess({ url, prefix: "young:", settleMs: 60_000 })
    const notes = new Notes()
    notes.put(1, "there")
    const loads = async () => {
      await notes.read(cautious.cache, 1)
      return notes.loads.length
    }
    expect([await loads(), await loads(), cautious.redis.trusted]).toEqual([1, 2, false])
    await using process = openQuick("young:")
    await notes.read(process.cache, 1)
    await untilTrusted(process)
    expect(await notes.untilCached(process.cache, 1)).toBe("there")
  })
})

describe("a Redis that is killed", () => {
  test("changes nothing but where reads come from, and is used again when it is back", async () => {
    await using process = openQuick("killed:")
    const notes = new Notes()
    notes.put(1, "there")
    await notes.read(process.cache, 1)
    await untilTrusted(process)
    await notes.read(process.cache, 1)
    globalThis.process.kill(server.pid, "SIGKILL")
    await vi.waitFor(() => expect(process.redis.trusted).toBe(false))
    expect(await notes.read(process.cache, 1)).toEqual(["there"])
    const write = await process.cache.beginWrite([notes.put(1, "changed")])
    expect(write.marked).toBe(false)
    await write.publish()
    await expect(process.cache.forget([noteEntry.key(1).key])).rejects.toThrow(CacheUnavailable)
    expect(await notes.read(process.cache, 1)).toEqual(["changed"])

    await server.stop()
    server = await start()
    await untilTrusted(process)
    expect(await notes.untilCached(process.cache, 1)).toBe("changed")
  })

  test("keeps no process from starting, and is used when it comes", async () => {
    await server.stop()
    await using process = openQuick("starting:")
    const notes = new Notes()
    notes.put(1, "there")
    expect(await notes.read(process.cache, 1)).toEqual(["there"])
    server = await start()
    expect(await notes.untilCached(process.cache, 1)).toBe("there")
    expect(process.redis.trusted).toBe(true)
  })

  test("lets only so many loads run and wait", async () => {
    await server.stop()
    const url = `redis://127.0.0.1:${port}`
    await using process = openProcess({ url, prefix: "many:", loads: 2, waitingLoads: 3 })
    const { promise, resolve } = Promise.withResolvers<Loaded>()
    const load = vi.fn(() => promise)
    const reads = Array.from({ length: 6 }, (_, id) => process.cache.readMany([noteEntry.key(id)], load))
    await expect(Promise.race(reads)).rejects.toThrow(LoadsExhausted)
    expect(load).toHaveBeenCalledTimes(2)
    resolve(new Loaded())
    const settled = await Promise.allSettled(reads)
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(5)
    server = await start()
  })
})

describe("a Redis that is frozen", () => {
  test("costs a few time-outs, not one for each request", async () => {
    await using process = openQuick("frozen:")
    const notes = new Notes()
    await notes.read(process.cache, 1)
    await untilTrusted(process)
    globalThis.process.kill(server.pid, "SIGSTOP")
    process.roundTrips.length = 0
    for (let id = 0; id < 20; id++) {
      await notes.read(process.cache, id)
      await (await process.cache.beginWrite([notes.put(id, "changed")])).publish()
    }
    globalThis.process.kill(server.pid, "SIGCONT")
    expect(process.roundTrips.length).toBeGreaterThan(0)
    expect(process.roundTrips.length).toBeLessThanOrEqual(3)
  })

  test("shows nobody an old value when it thaws", async () => {
    await using writer = openQuick("thaw:")
    await using reader = openQuick("thaw:")
    const notes = new Notes()
    const ids = Array.from({ length: 50 }, (_, id) => id)
    for (const id of ids) notes.put(id, "old")
    await Promise.all([notes.read(writer.cache, 0), notes.read(reader.cache, 0)])
    await Promise.all([untilTrusted(writer), untilTrusted(reader)])
    await notes.read(writer.cache, ...ids)
    globalThis.process.kill(server.pid, "SIGSTOP")
    await vi.waitFor(async () => {
      await Promise.all([notes.read(writer.cache, 0), notes.read(reader.cache, 0)])
      expect([writer.redis.trusted, reader.redis.trusted]).toEqual([false, false])
    }, 5000)
    const write = await writer.cache.beginWrite(ids.map((id) => notes.put(id, "new")))
    expect(write.marked).toBe(false)
    await write.publish()
    globalThis.process.kill(server.pid, "SIGCONT")

    const seen = new Set<string | undefined>()
    await vi.waitFor(async () => {
      for (const text of await notes.read(reader.cache, ...ids)) seen.add(text)
      expect(reader.redis.trusted).toBe(true)
    }, 5000)
    for (const text of await notes.read(reader.cache, ...ids)) seen.add(text)
    expect(seen).toEqual(new Set(["new"]))
  })

  test("does not keep a process from closing", async () => {
    const process = openQuick("closing:")
    await new Notes().read(process.cache, 1)
    globalThis.process.kill(server.pid, "SIGSTOP")
    await process[Symbol.asyncDispose]()
    globalThis.process.kill(server.pid, "SIGCONT")
    await expect(process.redis.send("ping")).rejects.toThrow(CacheUnavailable)
  })
})

describe("a Redis that is full and evicts nothing", () => {
  const limit = async (policy: string, bytes: string) => {
    const redis = new Redis(`redis://127.0.0.1:${port}`)
    await redis.config("SET", "maxmemory-policy", policy)
    await redis.config("SET", "maxmemory", bytes)
    redis.disconnect()
  }

  test("leaves reads and writes right, and is used again when there is room", async () => {
    await using process = openQuick("full:")
    const notes = new Notes()
    notes.put(1, "old")
    await notes.read(process.cache, 1)
    await untilTrusted(process)
    expect(await notes.untilCached(process.cache, 1)).toBe("old")
    await limit("noeviction", "1")
    for (const text of ["new", "newer", "newest"]) {
      const write = await process.cache.beginWrite([notes.put(1, text), notes.put(2, text)])
      await write.publish()
      expect(await notes.read(process.cache, 1, 2)).toEqual([text, text])
    }
    // What is missing gets no lease where there is no room for one.
    notes.put(3, "missing")
    notes.loads.length = 0
    for (let n = 0; n < 5; n++) expect(await notes.read(process.cache, 3)).toEqual(["missing"])
    expect(notes.loads).toHaveLength(5)
    await limit("allkeys-lfu", "256mb")
    await untilTrusted(process)
    expect(await notes.untilCached(process.cache, 1)).toBe("newest")
    expect(await notes.untilCached(process.cache, 3)).toBe("missing")
  })
})
