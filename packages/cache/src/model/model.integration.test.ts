import { createLogger } from "@tintype/observe"
import { test } from "@tintype/testkit"
import { describe, expect } from "vitest"
import { openCacheRedis } from "../cache-redis.ts"
import { check } from "./check.ts"
import { MUTANTS } from "./mutants.ts"

const INTERLEAVINGS = 10_000
const log = createLogger("test", "silent")

describe("random interleavings of readers, writers, crashes and losses", { timeout: 120_000 }, () => {
  test("never show less than what was acknowledged, and leave nothing old", async ({ redis }) => {
    await using connection = openCacheRedis({ url: redis.cacheUrl, log, timeoutMs: 20_000 })
    expect(await check({ redis: connection, prefix: redis.prefix, runs: INTERLEAVINGS })).toEqual([])
  })

  test.for(Object.entries(MUTANTS))("catch: %s", async ([name, scripts], { redis }) => {
    await using connection = openCacheRedis({ url: redis.cacheUrl, log, timeoutMs: 20_000 })
    const prefix = `${redis.prefix}${name}:`
    const caught = await check({ redis: connection, prefix, runs: 5 * INTERLEAVINGS, scripts })
    expect(caught).not.toEqual([])
  })
})
