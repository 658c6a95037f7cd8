import { openCacheRedis } from "@tintype/cache"
import { Redis } from "ioredis"
import { expect } from "vitest"
import type { Context } from "../../context.ts"
import { test } from "../../testing/domain-test.ts"
import { aMember } from "../../testing/members.ts"
import { entriesBefore, openWarmTimelines } from "../warm-lists.ts"
import { HomeRace, seeded } from "./home-race.ts"

const DAY_MS = 24 * 3600 * 1000
const SEEDS = [1, 2]
const ROUNDS = 4
const TURNS = 16

/** Deletes warm lists, each by chance. */
async function evict(redis: Redis, prefix: string, isHit: () => boolean): Promise<void> {
  // With `home.` also what the newest entry is, in two keys.
  for (const kind of ["home.", "newest.", "merged."]) {
    const keys = await redis.keys(`${prefix}{${kind}*`)
    const gone = keys.filter(isHit)
    if (gone.length > 0) await redis.unlink(...gone)
  }
}

test.for(SEEDS)(
  "nobody sees what they may not and nobody misses what is told, while everything changes: seed %i",
  { timeout: 60_000 },
  async (seed, { domain, redis: { cacheUrl, prefix } }) => {
    const redis = new Redis(cacheUrl)
    await using connection = openCacheRedis({ url: cacheUrl, log: domain.ctx.log, timeoutMs: 2000 })
    // All clocks are one here: a push is sure of what is newest a moment after that was lost, not minutes.
    const beyond = () => entriesBefore(Date.now() + 2)
    const random = seeded(seed)
    let days = 0
    const ctx: Context = {
      ...domain.ctx,
      warmLists: openWarmTimelines(connection, { prefix, beyond }),
      // Of four viewers: authors go over the limit and back all the time.
      settings: { ...domain.ctx.settings, pushedFollowers: 1 + seed },
      now: () => new Date(Date.now() + days * DAY_MS),
    }
    const members = (count: number) => Promise.all(Array.from({ length: count }, () => aMember(ctx)))
    const race = new HomeRace({
      ctx,
      random,
      authors: await members(3),
      viewers: await members(4),
      evict: () => evict(redis, prefix, () => random() < 0.5),
    })
    for (let round = 1; round <= ROUNDS; round++) {
      await race.round(TURNS)
      expect(race.wrong).toEqual([])
      // No list grows older than 14 days, and authors who were merged are so no longer at some time.
      days += round % 2 ? 20 : 11
      await race.passDays()
      await evict(redis, prefix, () => round % 2 === 1 || random() < 0.5)
      await race.compare()
    }
    redis.disconnect()
  },
)
