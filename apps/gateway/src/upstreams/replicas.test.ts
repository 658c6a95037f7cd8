import { createLogger } from "@tintype/observe"
import { describe, expect, onTestFinished, test } from "vitest"
import { roundRobin } from "./balance.ts"
import type { Replica } from "./replica.ts"
import { Replicas, type ReplicasOptions } from "./replicas.ts"

const ORIGINS = ["http://127.0.0.1:1", "http://127.0.0.1:2", "http://[::1]:3"]

function someReplicas(options: ReplicasOptions = {}): Replicas {
  const replicas = new Replicas(createLogger("gateway", "fatal"), options)
  replicas.set("test", ORIGINS)
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

  test("leaves out one that is slow, but for a request a second", () => {
    const replicas = someReplicas()
    const now = performance.now()
    const [slow, ...others] = replicas.all
    for (const each of others) each.pace.note(5, now)
    slow?.pace.note(200, now)
    if (slow) slow.pace.askedAt = now + 60_000
    expect(countPicks(replicas, 1000).has("127.0.0.1:1")).toBe(false)

    if (slow) slow.pace.askedAt = now - 1_000
    expect(countPicks(replicas, 1000).has("127.0.0.1:1")).toBe(true)
  })

  test("leaves out none where most are slow, or none by much", () => {
    for (const paces of [
      [5, 200, 200],
      [200, 200, 200],
      [1, 1, 19],
      [20, 30, 79],
      [0, 0, 15],
    ]) {
      const replicas = someReplicas()
      for (const [n, each] of replicas.all.entries()) {
        each.pace.note(paces[n] ?? 0, performance.now())
        each.pace.askedAt = Number.POSITIVE_INFINITY
      }
      expect([paces, countPicks(replicas, 1000).size]).toEqual([paces, 3])
    }
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

  test("takes each in turn where that is configured, whatever they have", () => {
    const replicas = someReplicas({ balance: roundRobin() })
    const [first] = replicas.all
    if (first) first.outstanding = 5

    expect([...countPicks(replicas, 300).values()]).toEqual([100, 100, 100])
  })

  test("spares one that has just come", () => {
    const replicas = someReplicas()
    const [first] = replicas.all
    first?.judge("unreachable")
    first?.judge("ready")

    const picks = countPicks(replicas, 3000).get("127.0.0.1:1") ?? 0
    expect(picks).toBeGreaterThan(0)
    expect(picks).toBeLessThan(500)
  })
})

describe("what is only likely", () => {
  test("takes out half at most; what is sure takes out all", () => {
    const replicas = someReplicas()
    for (const each of replicas.all) each.judge("silent")
    expect(replicas.all.map(({ standing }) => standing)).toEqual(["silent", "ready", "ready"])

    for (const each of replicas.all) each.judge("unready")
    expect(replicas.all.map(({ standing }) => standing)).toEqual(["unready", "unready", "unready"])
  })

  test("opens no breaker for the last ones either", () => {
    const replicas = someReplicas()
    for (const each of replicas.all) for (let n = 0; n < 10; n++) each.noteFailure()

    expect(replicas.all.filter((each) => each.isEjected(performance.now()))).toHaveLength(1)
  })

  test("a replica with an overdue answer is taken when no other one is left, or when anything is answered", () => {
    const replicas = someReplicas({ checkPath: "/health/ready" })
    const [first, second] = replicas.all
    for (const each of replicas.all) each.judge("ready")
    first?.doubt()

    expect(countPicks(replicas, 300).has("127.0.0.1:1")).toBe(false)
    expect(replicas.pick(replicas.all.slice(1))?.name).toBe("127.0.0.1:1")
    second?.doubt()
    first?.noteAnswer(200)
    expect(countPicks(replicas, 300).has("127.0.0.1:1")).toBe(true)
    expect(countPicks(replicas, 300).has("127.0.0.1:2")).toBe(false)
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
