import { test } from "@tintype/testkit"
import { describe, expect } from "vitest"
import { build, entriesOf, keysOf, openLists } from "./testing/open-lists.ts"
import type { WarmLists } from "./warm-lists.ts"

const spreadOnce = (lists: WarmLists, entry: string, names: readonly string[]) =>
  lists.spread(entry)(keysOf(lists, names))

/** Has what is newest of these lists known. */
async function begin(lists: WarmLists, entry = "a"): Promise<void> {
  await lists.push(["none"], entry)
}

describe("an entry that is spread", () => {
  test("is looked for in no list while nothing is as new", async ({ redis }) => {
    await using opened = openLists(redis)
    const { lists, connection } = opened
    await begin(lists)
    await build(lists, ["b"])
    const [keys] = keysOf(lists, ["x"])
    // What no push or build put there: only a spread that does not look leaves it beneath.
    await connection.send("lpush", keys?.text ?? "", "z")
    await spreadOnce(lists, "c", ["x"])
    expect(await entriesOf(lists)).toEqual(["c", "z", "b"])
  })

  test("goes to the lists that exist, or are being built, each once in however many steps", async ({
    redis,
  }) => {
    await using opened = openLists(redis)
    const { lists } = opened
    await begin(lists)
    const names = Array.from({ length: 2300 }, (_, index) => `n${1000 + index}`)
    const built = names.filter((_, index) => index % 3 === 0)
    for (const name of built) await build(lists, ["b"], true, "1", name)
    const token = await lists.startFill("n1001")
    const spread = lists.spread("d")
    await Promise.all([spread(keysOf(lists, names.slice(0, 1200))), spread(keysOf(lists, names.slice(1200)))])
    await lists.fill("n1001", token ?? "", { stamp: "1", complete: true, entries: ["e", "d", "c"] })
    expect(await entriesOf(lists, "n1001")).toEqual(["e", "d", "c"])
    const found = await Promise.all(names.map((name) => entriesOf(lists, name)))
    expect(found.filter((entries) => entries?.join() === "d,b")).toHaveLength(built.length)
    expect(found.filter((entries) => entries === undefined)).toHaveLength(names.length - built.length - 1)
  })

  test("late, while newer ones are spread, goes to its place", async ({ redis }) => {
    await using opened = openLists(redis)
    const { lists } = opened
    await begin(lists)
    await build(lists, ["b"])
    const [late, next] = [lists.spread("d"), lists.spread("e")]
    await late(keysOf(lists, ["y"]))
    await next(keysOf(lists, ["x"]))
    await late(keysOf(lists, ["x"]))
    await spreadOnce(lists, "c", ["x"])
    expect(await entriesOf(lists)).toEqual(["e", "d", "c", "b"])
  })

  test("by two at once, or again, is there once", async ({ redis }) => {
    await using opened = openLists(redis)
    const { lists } = opened
    await begin(lists)
    for (const name of ["x", "y"]) await build(lists, ["b"], true, "1", name)
    const [one, other] = [lists.spread("c"), lists.spread("c")]
    await one(keysOf(lists, ["x"]))
    await other(keysOf(lists, ["x"]))
    await other(keysOf(lists, ["y"]))
    await one(keysOf(lists, ["y"]))
    await lists.spread("c")(keysOf(lists, ["x", "y"]))
    expect(await entriesOf(lists, "x")).toEqual(["c", "b"])
    expect(await entriesOf(lists, "y")).toEqual(["c", "b"])
  })

  test("after a push of it to lists apart is quick still, and what comes late is not put before that", async ({
    redis,
  }) => {
    await using opened = openLists(redis)
    const { lists, connection } = opened
    await begin(lists)
    for (const name of ["x", "y"]) await build(lists, ["b"], true, "1", name)
    await lists.pushApart(["y"], "d")
    await spreadOnce(lists, "c", ["y"])
    expect(await entriesOf(lists, "y")).toEqual(["d", "c", "b"])
    const spread = lists.spread("d")
    await spread(keysOf(lists, ["w"]))
    await lists.pushApart(["y"], "d")
    await connection.send("lpush", keysOf(lists, ["x"])[0]?.text ?? "", "z")
    await spread(keysOf(lists, ["x"]))
    expect(await entriesOf(lists, "x")).toEqual(["d", "z", "b"])
    expect(await entriesOf(lists, "y")).toEqual(["d", "c", "b"])
  })

  test("after a push of it to any lists is there once", async ({ redis }) => {
    await using opened = openLists(redis)
    const { lists } = opened
    await begin(lists)
    for (const name of ["x", "y"]) await build(lists, ["b"], true, "1", name)
    await lists.push(["x"], "c")
    await spreadOnce(lists, "c", ["x"])
    expect(await entriesOf(lists)).toEqual(["c", "b"])
    const spread = lists.spread("d")
    await spread(keysOf(lists, ["y"]))
    await lists.push(["x"], "d")
    await spread(keysOf(lists, ["x"]))
    expect(await entriesOf(lists)).toEqual(["d", "c", "b"])
  })

  test("after a list was built with it, or with newer ones, is there once and in its place", async ({
    redis,
  }) => {
    await using opened = openLists(redis)
    const { lists } = opened
    await begin(lists)
    await build(lists, ["d", "c", "b"])
    for (const entry of ["c", "d"]) await spreadOnce(lists, entry, ["x"])
    expect(await entriesOf(lists)).toEqual(["d", "c", "b"])
    const spread = lists.spread("e")
    await spread(keysOf(lists, ["y"]))
    await build(lists, ["e", "d", "b"])
    await spread(keysOf(lists, ["x"]))
    await spreadOnce(lists, "c", ["x"])
    expect(await entriesOf(lists)).toEqual(["e", "d", "c", "b"])
  })

  test("to a list that holds nothing and is not complete makes it reach as far back as that", async ({
    redis,
  }) => {
    await using opened = openLists(redis)
    const { lists } = opened
    await begin(lists)
    await build(lists, [], false)
    await spreadOnce(lists, "c", ["x"])
    await spreadOnce(lists, "b", ["x"])
    expect(await lists.read("x")).toEqual({ stamp: "1", complete: false, entries: ["c"] })
  })

  test("cuts lists that have become too long", async ({ redis }) => {
    await using opened = openLists(redis, { most: 20 })
    const { lists } = opened
    await begin(lists)
    await build(lists, [])
    const entries = Array.from({ length: 60 }, (_, index) => `b${100 + index}`)
    for (const [index, entry] of entries.entries()) {
      await spreadOnce(lists, entry, ["x"])
      const list = await lists.read("x")
      expect(list?.complete).toBe(list?.entries.length === index + 1)
      expect(list?.entries.length).toBeLessThanOrEqual(22)
      expect(list?.entries.slice(0, 20)).toEqual(entries.slice(Math.max(0, index - 19), index + 1).reverse())
    }
  })
})

describe("when it was lost what is newest", () => {
  test("lists are looked at until all that they may hold is older", async ({ redis }) => {
    let latest = "$"
    await using opened = openLists(redis, { beyond: () => latest })
    const { lists, connection, newestKey } = opened
    await begin(lists)
    await build(lists, ["g", "e", "b"])
    const spread = lists.spread("h")
    await spread(keysOf(lists, ["x"]))
    latest = "j"
    await connection.send("del", newestKey)
    await spread(keysOf(lists, ["y"]))
    for (const entry of ["c", "h", "i", "f", "j"]) await spreadOnce(lists, entry, ["x"])
    expect(await entriesOf(lists)).toEqual(["j", "i", "h", "g", "f", "e", "c", "b"])
    const [keys] = keysOf(lists, ["x"])
    await connection.send("lpush", keys?.text ?? "", "z")
    await spreadOnce(lists, "k", ["x"])
    expect((await entriesOf(lists))?.slice(0, 3)).toEqual(["k", "z", "j"])
  })

  test("and lists are built, nothing is in them twice", async ({ redis }) => {
    let latest = "$"
    await using opened = openLists(redis, { beyond: () => latest })
    const { lists, connection, newestKey } = opened
    await begin(lists)
    await connection.send("del", newestKey)
    await build(lists, ["d", "b"])
    latest = "e"
    for (const entry of ["c", "d", "e"]) await spreadOnce(lists, entry, ["x"])
    expect(await entriesOf(lists)).toEqual(["e", "d", "c", "b"])
  })
})
