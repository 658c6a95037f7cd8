import { createLogger } from "@tintype/observe"
import { test } from "@tintype/testkit"
import { describe, expect } from "vitest"
import { openCacheRedis } from "../cache-redis.ts"
import { check } from "./check.ts"
import { MUTANTS } from "./mutants.ts"
import { simulateRedis } from "./simulated-redis.ts"

/** In the simulation, which is quick; on the real Redis; and at most, until a mutant must have been caught there. */
const SIMULATED = 50_000
const REAL = 1_000
const MUTATED = 50_000
const log = createLogger("test", "silent")

describe("random interleavings of readers, writers, crashes and losses", { timeout: 120_000 }, () => {
  test("never show less than what was acknowledged, and leave nothing old", async ({ redis }) => {
    expect(await check({ redis: simulateRedis(), prefix: "", runs: SIMULATED })).toEqual([])
    await using connection = openCacheRedis({ url: redis.cacheUrl, log, timeoutMs: 20_000 })
    const { prefix } = redis
    expect(await check({ redis: connection, prefix, runs: REAL, seed: 1 + SIMULATED })).toEqual([])
  })

  test.for(Object.entries(MUTANTS))("catch: %s", async ([name, scripts], { redis }) => {
    await using connection = openCacheRedis({ url: redis.cacheUrl, log, timeoutMs: 20_000 })
    const prefix = `${redis.prefix}${name}:`
    const caught = await check({ redis: connection, prefix, runs: MUTATED, scripts })
    expect(caught).not.toEqual([])
  })
})
