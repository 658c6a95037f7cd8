import { describe, expect, test } from "vitest"
import { backoffDelay, strikesOf } from "./strikes.ts"

describe("strikes", () => {
  test("every reported failure counts", () => {
    expect(strikesOf({ failures: 2, unreported: 0 })).toBe(2)
  })

  test("the first death of a process is not held against its jobs", () => {
    expect(strikesOf({ failures: 2, unreported: 1 })).toBe(2)
  })

  test("once a process has died under a job that ran alone, both deaths count", () => {
    expect(strikesOf({ failures: 0, unreported: 2 })).toBe(2)
    expect(strikesOf({ failures: 1, unreported: 3 })).toBe(4)
  })
})

describe("backoff", () => {
  const range = [100, 1_000] as const

  test("doubles from the first wait to the longest", () => {
    const longest = [1, 2, 3, 4, 5, 500].map((failures) => backoffDelay(range, failures, () => 1))
    expect(longest).toEqual([100, 200, 400, 800, 1_000, 1_000])
  })

  test("is spread over the upper half", () => {
    expect(backoffDelay(range, 2, () => 0)).toBe(100)
    expect(backoffDelay(range, 2, () => 0.5)).toBe(150)
  })
})
