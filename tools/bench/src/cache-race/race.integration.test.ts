import { test } from "@tintype/testkit"
import { describe, expect } from "vitest"
import { SHORT_RACE } from "./plan.ts"
import { race } from "./race.ts"

describe("sixteen writers and sixty-four readers in processes that are killed", { timeout: 120_000 }, () => {
  test("see one register per key, through evictions and losses of Redis", async ({ database }) => {
    const result = await race(SHORT_RACE, database.directUrl)
    expect(result).toMatchObject({ ownMissed: 0, staleReads: 0, impossible: 0, staleAtRest: 0 })
    // A write that no mark announced may be seen by one process and not by another until it is acknowledged.
    if (result.unmarked === 0) expect(result.backwards).toBe(0)
    expect(result.orphanStaleMs).toBeLessThan(1000)
    for (const what of ["writes", "reads", "processesKilled", "redisKilled", "evictions"] as const) {
      expect(result[what], what).toBeGreaterThan(0)
    }
  })

  test("see with a first level in each process no less than what was acknowledged", async ({ database }) => {
    const plan = { ...SHORT_RACE, contender: "tintype with a first level", seconds: 5 } as const
    const result = await race(plan, database.directUrl)
    // A write that is not acknowledged yet may be seen by one process and not by another.
    expect(result).toMatchObject({ ownMissed: 0, staleReads: 0, impossible: 0, staleAtRest: 0 })
    expect(result.orphanStaleMs).toBeLessThan(1000)
    for (const what of [
      "writes",
      "reads",
      "firstLevelHits",
      "processesKilled",
      "redisKilled",
      "evictions",
    ] as const) {
      expect(result[what], what).toBeGreaterThan(0)
    }
  })

  test("would be seen to go wrong if the cache were deleted from on write", async ({ database }) => {
    const plan = {
      ...SHORT_RACE,
      contender: "cache aside",
      seconds: 5,
      killProcessMs: 0,
      killRedisMs: 0,
    } as const
    const { staleReads, staleMs } = await race(plan, database.directUrl)
    expect(staleReads).toBeGreaterThan(0)
    expect(staleMs).toBeGreaterThan(0)
  })
})
