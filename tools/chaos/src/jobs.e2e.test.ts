import postgres from "postgres"
import { expect, test } from "vitest"
import { examplesOf } from "./report.ts"
import { prepareJobs, storm } from "./storm.ts"
import { openChaosSystem } from "./system/chaos-system.ts"

/** The short form of `pnpm chaos jobs`, the same each time. How long anything took is not judged here. */
const SHORT = {
  ...{ seed: 1, jobs: 240, faults: 16, everyMs: 1_200, members: 6 },
  refinedWithinMs: 20_000,
  say: () => undefined,
}

test("a storm of faults loses nothing that was acknowledged, doubles nothing and leaves nothing behind", {
  timeout: 240_000,
}, async () => {
  const chaos = await openChaosSystem({ say: () => undefined, onLine: () => undefined })
  const sql = postgres(chaos.system.stores.DATABASE_DIRECT_URL, { max: 4, onnotice: () => {} })
  try {
    await prepareJobs(chaos)
    const { violations, faults, claims } = await storm(chaos, sql, SHORT)
    expect(examplesOf(violations)).toEqual([])
    expect(faults.failures).toEqual([])
    expect(claims.uploads.size).toBeGreaterThan(5)
    expect(claims.posts.size).toBeGreaterThan(2)
    expect(claims.jobs.size).toBeGreaterThan(30)
    const done = (what: string) => claims.counts.get(what) ?? 0
    const happened = ["comments", "edits", "blocks", "deletes", "accounts deleted"].filter(done)
    expect(happened).toHaveLength(5)
  } finally {
    await sql.end({ timeout: 5 })
    await chaos.stop()
  }
})
