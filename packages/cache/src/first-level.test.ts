import { describe, expect, test } from "vitest"
import { createFirstLevel, FIRST_LEVEL_MS } from "./first-level.ts"
import type { Stored } from "./stored.ts"

const stored = (value: unknown, characters = 10): Stored => ({
  version: 1,
  dueAt: 0,
  costMs: 0,
  value,
  characters,
})

/** A first level by a clock of its own that has heard of everything up to now. */
function open(maxBytes = 100_000) {
  const clock = { now: 0 }
  const level = createFirstLevel(maxBytes, () => clock.now)
  level.heardUntil(0)
  const put = (key: string, value: unknown, characters?: number) =>
    level.keep(key, level.expect(key), stored(value, characters))
  return { clock, level, put, value: (key: string) => level.get(key, clock.now)?.value }
}

describe("the first level", () => {
  test("answers what it was given, frozen, until it hears of a change", () => {
    const { level, put, value } = open()
    put("a", { text: "one" })
    expect(value("a")).toEqual({ text: "one" })
    expect(value("a")).toBe(value("a"))
    expect(Object.isFrozen(value("a"))).toBe(true)
    level.drop("a")
    expect(value("a")).toBeUndefined()
  })

  test("keeps nothing that was heard of while it was fetched", () => {
    const { level, value } = open()
    const early = level.expect("a")
    level.drop("a")
    level.keep("a", early, stored("old"))
    expect(value("a")).toBeUndefined()
    const late = level.expect("a")
    level.keep("a", early, stored("old"))
    expect(value("a")).toBeUndefined()
    level.keep("a", late, stored("new"))
    expect(value("a")).toBe("new")
  })

  test("keeps nothing from before the connection was lost, fetched or being fetched", () => {
    const { level, put, value } = open()
    put("a", "old")
    const ticket = level.expect("b")
    level.flush()
    level.keep("b", ticket, stored("old"))
    level.heardUntil(0)
    expect([value("a"), value("b")]).toEqual([undefined, undefined])
  })

  test("answers nothing unless it has lately heard all, as of when it asked", () => {
    const { clock, level, put, value } = open()
    put("a", "kept")
    clock.now = FIRST_LEVEL_MS - 1
    expect(value("a")).toBe("kept")
    clock.now = FIRST_LEVEL_MS
    expect(value("a")).toBeUndefined()
    level.heardUntil(FIRST_LEVEL_MS / 2)
    expect(value("a")).toBe("kept")
    level.heardUntil(0)
    expect(value("a")).toBe("kept")
    clock.now = 2 * FIRST_LEVEL_MS
    expect(value("a")).toBeUndefined()
  })

  test("keeps nothing for longer than some seconds, and no absence at all", () => {
    const { clock, level, put, value } = open()
    put("a", "kept")
    put("b", null)
    clock.now = 4999
    level.heardUntil(4999)
    expect([value("a"), value("b")]).toEqual(["kept", undefined])
    clock.now = 5000
    expect(value("a")).toBeUndefined()
  })

  test("stays within its bytes: what was not asked for the longest goes", () => {
    const { level, put, value } = open(12_000)
    // Each takes 2 × 350 + 300.
    for (let n = 0; n < 12; n++) put(`k${n}`, n, 350)
    expect(value("k0")).toBe(0)
    put("more", "more", 350)
    expect([value("k0"), value("k1"), value("k2"), value("more")]).toEqual([0, undefined, 2, "more"])
    put("large", "large", 1000)
    expect(value("large")).toBeUndefined()
    expect(level.bytes).toBe(12_000)
    for (let n = 0; n < 100; n++) put("same", n, 350)
    expect([value("k0"), value("same")]).toEqual([0, 99])
    level.flush()
    expect(level.bytes).toBe(0)
  })
})
