import { createLogger } from "@tintype/observe"
import { describe, expect, onTestFinished, test } from "vitest"
import type { Replica } from "./replica.ts"
import { Replicas } from "./replicas.ts"

const ORIGINS = ["http://127.0.0.1:1", "http://127.0.0.1:2", "http://[::1]:3"]

function someReplicas(origins: readonly string[] = ORIGINS): Replicas {
  const replicas = new Replicas(createLogger("gateway", "fatal"))
  replicas.set("test", origins)
  onTestFinished(() => replicas.destroy())
  return replicas
}

function countPicks(replicas: Replicas, times: number, tried: readonly Replica[] = []): Map<string, number> {
  const counts = new Map<string, number>()
  for (let n = 0; n < times; n++) {
    const name = replicas.pick(tried)?.name ?? "none"
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

describe("the choice of a replica", () => {
  test("spreads over all of them when they are equally busy", () => {
    const counts = countPicks(someReplicas(), 3000)

    expect([...counts.keys()].sort()).toEqual(["127.0.0.1:1", "127.0.0.1:2", "[::1]:3"])
    for (const count of counts.values()) expect(count).toBeGreaterThan(700)
  })

  test("never falls on the busiest of three, as any other one drawn beside it is less busy", () => {
    const replicas = someReplicas()
    const [first] = replicas.all
    if (first) first.outstanding = 5

    expect(countPicks(replicas, 1000).has("127.0.0.1:1")).toBe(false)
  })

  test("passes over those that are ill, or had the request before", () => {
    const replicas = someReplicas()
    const [first, second, third] = replicas.all
    first?.judge("unreachable")
    second?.judge("unready")

    expect([...countPicks(replicas, 100).keys()]).toEqual(["[::1]:3"])
    expect(countPicks(replicas, 100, third ? [third] : []).has("[::1]:3")).toBe(false)
    expect(replicas.pick(replicas.all)).toBeUndefined()
  })

  test("falls on the least ill one when none is well, but not on any price", () => {
    const replicas = someReplicas()
    const [first, second, third] = replicas.all
    first?.judge("unreachable")
    second?.judge("unready")
    third?.judge("unreachable")

    expect([...countPicks(replicas, 100).keys()]).toEqual(["127.0.0.1:2"])
    expect(replicas.pick(second ? [second] : [], 2)).toBeUndefined()
  })

  test("falls on nobody when all have as much as they may have", () => {
    const replicas = someReplicas()
    for (const each of replicas.all) each.outstanding = 512

    expect(replicas.pick([])).toBeUndefined()
  })
})

test("the same address from two sources is one replica, and stays while one of them names it", () => {
  const replicas = someReplicas()
  replicas.set("other", ["http://127.0.0.1:1", "http://127.0.0.1:9"])
  expect(replicas.all.map((each) => each.name).sort()).toEqual([
    "127.0.0.1:1",
    "127.0.0.1:2",
    "127.0.0.1:9",
    "[::1]:3",
  ])

  replicas.set("test", [])
  expect(replicas.all.map((each) => each.name).sort()).toEqual(["127.0.0.1:1", "127.0.0.1:9"])
})
