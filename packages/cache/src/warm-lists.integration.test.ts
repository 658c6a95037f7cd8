import { createLogger } from "@tintype/observe"
import { test } from "@tintype/testkit"
import { describe, expect } from "vitest"
import { openCacheRedis } from "./cache-redis.ts"
import { CacheUnavailable } from "./same-tick.ts"
import { build, entriesOf, openLists } from "./testing/open-lists.ts"
import { createWarmLists } from "./warm-lists.ts"

const log = createLogger("test", "silent")

describe("a warm list", () => {
  test("holds entries newest first and once, in whatever order they are pushed", async ({ redis }) => {
    await using opened = openLists(redis)
    const { lists } = opened
    await build(lists, ["d", "b"])
    for (const entry of ["f", "e", "f", "c", "b", "a", "d", "g", "a"]) await lists.push(["x"], entry)
    expect(await lists.read("x")).toEqual({
      stamp: "1",
      complete: true,
      entries: ["g", "f", "e", "d", "c", "b", "a"],
    })
  })

  test("that was never built is not begun by a push", async ({ redis }) => {
    await using opened = openLists(redis)
    await opened.lists.push(["x", "y"], "a")
    expect(await opened.lists.read("x")).toBeNull()
  })

  test("that is empty takes its first entry", async ({ redis }) => {
    await using opened = openLists(redis)
    await build(opened.lists, [])
    expect(await opened.lists.read("x", 5)).toEqual({ stamp: "1", complete: true, entries: [] })
    await opened.lists.push(["x"], "a")
    expect(await opened.lists.read("x", 5)).toEqual({ stamp: "1", complete: true, entries: ["a"] })
  })

  test("does not claim more than it holds: what comes late from behind its end is left out", async ({
    redis,
  }) => {
    await using opened = openLists(redis)
    const { lists } = opened
    await build(lists, ["f", "d"], false)
    await lists.push(["x"], "b")
    await lists.push(["x"], "e")
    expect(await lists.read("x")).toEqual({ stamp: "1", complete: false, entries: ["f", "e", "d"] })
  })

  test("keeps to its most entries, the newest, and says that it is cut", async ({ redis }) => {
    await using opened = openLists(redis, { most: 3 })
    const { lists } = opened
    await build(lists, ["c", "b", "a"])
    expect((await lists.read("x"))?.complete).toBe(true)
    await lists.push(["x"], "e")
    await lists.push(["x"], "d")
    expect(await lists.read("x")).toEqual({ stamp: "1", complete: false, entries: ["e", "d", "c"] })
  })

  test("is cut from time to time, and never holds much more than its most entries", async ({ redis }) => {
    await using opened = openLists(redis, { most: 50 })
    const { lists } = opened
    await build(lists, [])
    const entries = Array.from({ length: 200 }, (_, index) => String(index).padStart(3, "0"))
    for (const [index, entry] of entries.entries()) {
      await lists.push(["x"], entry)
      const list = await lists.read("x")
      expect(list?.complete).toBe(list?.entries.length === index + 1)
      expect(list?.entries.length).toBeLessThanOrEqual(55)
      expect(list?.entries.slice(0, 50)).toEqual(
        entries
          .slice(0, index + 1)
          .reverse()
          .slice(0, 50),
      )
    }
  })

  test("read in part is complete only when nothing lies behind the part", async ({ redis }) => {
    await using opened = openLists(redis)
    const { lists } = opened
    await build(lists, ["c", "b", "a"])
    expect(await lists.read("x", 2)).toEqual({ stamp: "1", complete: false, entries: ["c", "b"] })
    for (const most of [3, 4, 100]) {
      expect(await lists.read("x", most)).toEqual({ stamp: "1", complete: true, entries: ["c", "b", "a"] })
    }
  })

  test("is built by one at a time, and only by whoever has the leave", async ({ redis }) => {
    await using opened = openLists(redis)
    const { lists } = opened
    const token = await lists.startFill("x")
    expect(await lists.startFill("x")).toBeNull()
    await lists.fill("x", "made up", { stamp: "1", complete: true, entries: ["z"] })
    expect(await lists.read("x")).toBeNull()
    await lists.fill("x", token ?? "", { stamp: "1", complete: true, entries: ["a"] })
    expect(await entriesOf(lists)).toEqual(["a"])
    await lists.fill("x", token ?? "", { stamp: "1", complete: true, entries: ["z"] })
    expect(await entriesOf(lists)).toEqual(["a"])
  })

  test("keeps in their places what is pushed while it is built", async ({ redis }) => {
    await using opened = openLists(redis)
    const { lists } = opened
    for (const before of [null, ["a"]]) {
      if (before) await build(lists, before)
      const token = await lists.startFill("x")
      for (const entry of ["g", "d", "e", "a", "f"]) await lists.push(["x"], entry)
      expect(await lists.read("x")).toBeNull()
      await lists.fill("x", token ?? "", { stamp: "2", complete: before === null, entries: ["f", "c", "b"] })
      expect(await lists.read("x")).toEqual({
        stamp: "2",
        complete: before === null,
        entries: ["g", "f", "e", "d", "c", "b", ...(before ? [] : ["a"])],
      })
    }
  })

  test("that more was pushed to than it holds while it was built is cut, and says so", async ({ redis }) => {
    await using opened = openLists(redis, { most: 3 })
    const { lists } = opened
    const token = await lists.startFill("x")
    for (const entry of ["d", "e"]) await lists.push(["x"], entry)
    await lists.fill("x", token ?? "", { stamp: "1", complete: true, entries: ["b", "a"] })
    expect(await lists.read("x")).toEqual({ stamp: "1", complete: false, entries: ["e", "d", "b"] })
    const other = await lists.startFill("x")
    for (const entry of ["f", "g", "h", "i"]) await lists.push(["x"], entry)
    await lists.fill("x", other ?? "", { stamp: "2", complete: true, entries: ["e"] })
    expect(await lists.read("x")).toBeNull()
  })

  test("of some thousand that are pushed to at once", async ({ redis }) => {
    await using opened = openLists(redis)
    const { lists } = opened
    const names = Array.from({ length: 2300 }, (_, index) => `n${index}`)
    const built = names.filter((_, index) => index % 3 === 0)
    for (const name of built) {
      const token = await lists.startFill(name)
      await lists.fill(name, token ?? "", { stamp: "1", complete: true, entries: ["a"] })
    }
    await lists.push(names, "b")
    const found = await Promise.all(names.map((name) => lists.read(name)))
    expect(found.filter((list) => list?.entries.join() === "b,a")).toHaveLength(built.length)
    expect(found.filter((list) => list === null)).toHaveLength(names.length - built.length)
  })

  test("ends after its time", async ({ redis }) => {
    await using opened = openLists(redis, { ttlMs: 200 })
    await build(opened.lists, ["a"])
    await expect.poll(() => opened.lists.read("x"), { timeout: 5000 }).toBeNull()
  })

  test("misses nothing when builders and pushes race", async ({ redis }) => {
    await using opened = openLists(redis)
    const { lists } = opened
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    const table: string[] = []
    let next = 0
    const post = async () => {
      const entry = String(++next).padStart(6, "0")
      await turn()
      table.unshift(entry)
      await lists.push(["x"], entry)
    }
    const rebuild = async (stamp: string) => {
      const token = await lists.startFill("x")
      const entries = [...table].slice(0, 100)
      await turn()
      if (token) await lists.fill("x", token, { stamp, complete: entries.length < 100, entries })
    }
    let built = 0
    // A rebuild that finds another one at it leaves it be, so that not every round ends with a list.
    for (let round = 0; built < 60; round++) {
      const works = Array.from({ length: 4 }, (_, index) =>
        Math.random() < 0.4 ? rebuild(`${round}.${index}`) : post(),
      )
      await Promise.all(works)
      const list = await lists.read("x")
      if (!list) continue
      built += 1
      expect(list.entries).toEqual(table.toSorted().reverse().slice(0, list.entries.length))
      if (list.complete) expect(list.entries).toHaveLength(table.length)
      else expect(list.entries.length).toBeGreaterThanOrEqual(100)
    }
    expect(table.length).toBeGreaterThan(0)
  })

  test("is nobody's trouble while Redis is away, but a push that is not done is told", async ({ redis }) => {
    await using connection = openCacheRedis({ url: "redis://127.0.0.1:1", log, connectTimeoutMs: 100 })
    const lists = createWarmLists(connection, {
      prefix: redis.prefix,
      kind: "list.1",
      most: 3,
      ttlMs: 1000,
      beyond: () => "$",
    })
    expect(await lists.read("x")).toBeNull()
    expect(await lists.startFill("x")).toBeNull()
    await lists.fill("x", "token", { stamp: "1", complete: true, entries: [] })
    await expect(lists.push(["x"], "a")).rejects.toThrow(CacheUnavailable)
  })
})
