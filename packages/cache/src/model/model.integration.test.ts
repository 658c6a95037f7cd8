import { createLogger } from "@tintype/observe"
import { test } from "@tintype/testkit"
import { describe, expect } from "vitest"
import { openCacheRedis } from "../cache-redis.ts"
import { check } from "./check.ts"
import { BAD_HABITS, FIRST_LEVELS, MUTANTS } from "./mutants.ts"
import { simulateRedis } from "./simulated-redis.ts"

/** In the simulation, which is quick; on the real Redis; and at most, until a mutant must have been caught there. */
const SIMULATED = 50_000
const REAL = 1_000
const MUTATED = 50_000
const log = createLogger("test", "silent")

describe("random interleavings of readers, writers, crashes and losses", { timeout: 300_000 }, () => {
  test("never show less than what was acknowledged, and leave nothing old", async ({ redis }) => {
    expect(await check({ redis: simulateRedis(), prefix: "", runs: SIMULATED })).toEqual([])
    await using connection = openCacheRedis({ url: redis.cacheUrl, log, timeoutMs: 20_000 })
    const { prefix } = redis
    expect(await check({ redis: connection, prefix, runs: REAL, seed: 1 + SIMULATED })).toEqual([])
  })

  test.for(Object.entries(MUTANTS))("catch: %s", async ([name, scripts], { redis }) => {
    await using connection = openCacheRedis({ url: redis.cacheUrl, log, timeoutMs: 20_000 })
    const prefix = `${redis.prefix}${name}:`
    // Some show without any death, and then more often.
    const mutant = { redis: connection, prefix, scripts }
    const losses = { deaths: false, losses: true, outages: 0 }
    const caught = await check({ ...mutant, runs: 2_000, hazards: losses })
    const rest = { ...mutant, runs: MUTATED, seed: 2_001, hazards: { ...losses, deaths: true } }
    expect(caught.length > 0 ? caught : await check(rest)).not.toEqual([])
  })

  test.for(Object.entries(FIRST_LEVELS))("catch a first level: %s", async ([, firstLevel]) => {
    const hazards = { deaths: false, losses: true, outages: 0 }
    const options = { redis: simulateRedis(), prefix: "", runs: MUTATED, hazards, firstLevel, keeping: 1 }
    expect(await check(options)).not.toEqual([])
  })

  test.for(Object.entries(BAD_HABITS))("catch: %s", async ([, habits]) => {
    const hazards = { deaths: false, losses: false, outages: 1 }
    const options = { redis: simulateRedis(), prefix: "", runs: MUTATED, hazards, habits }
    expect(await check(options)).not.toEqual([])
  })
})
