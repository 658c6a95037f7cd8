import { describe, expect, test } from "vitest"
import { createLocalBuckets } from "./local-buckets.ts"

describe("the buckets of a process", () => {
  test("give so many goes at once, and one more each so often", () => {
    let now = 1_000_000
    const buckets = createLocalBuckets(10, () => now)
    const bucket = { key: "a", burst: 3, everyMs: 100 }
    expect([1, 2, 3, 4].map(() => buckets.take(bucket))).toEqual([0, 0, 0, 100])
    now += 60
    expect(buckets.take(bucket)).toBe(40)
    now += 40
    expect([1, 2].map(() => buckets.take(bucket))).toEqual([0, 100])
    buckets.giveBack(bucket)
    expect(buckets.take(bucket)).toBe(0)
    now += 1_000_000
    expect([1, 2, 3, 4].map(() => buckets.take(bucket))).toEqual([0, 0, 0, 100])
  })

  test("drop the oldest beyond their number", () => {
    const buckets = createLocalBuckets(2, () => 1_000_000)
    const take = (key: string) => buckets.take({ key, burst: 1, everyMs: 100 })
    expect(["a", "b", "a", "c", "c"].map(take)).toEqual([0, 0, 100, 0, 100])
    expect(take("a")).toBe(0)
  })
})
