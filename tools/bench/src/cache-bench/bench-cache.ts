import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { startPostgres, startRedis } from "@tintype/dev"
import { CONTENDERS, isContender } from "../cache-race/contenders/contenders.ts"
import { SHORT_RACE } from "../cache-race/plan.ts"
import { race } from "../cache-race/race.ts"
import { type Costs, compare } from "./measure.ts"
import { openRaw } from "./raw.ts"

const ROUNDS = 3
const CALLS = 2000
const RACE_WRITES = 4000

/** Caches do not believe a Redis that is younger. */
const OLD_ENOUGH_MS = 2500

async function measureCosts(dir: string) {
  const redis = await startRedis({ dir, kind: "cache" })
  try {
    await sleep(OLD_ENOUGH_MS)
    return await compare({ "raw ioredis": openRaw, ...CONTENDERS }, redis.url, {
      rounds: ROUNDS,
      calls: CALLS,
    })
  } finally {
    await redis.stop()
  }
}

/** Reads that were behind what had been acknowledged, of how many, in a race without kills. */
async function countStale(name: string, databaseUrl: string): Promise<string> {
  if (!isContender(name)) return "-"
  const plan = { ...SHORT_RACE, contender: name, seconds: 60, killProcessMs: 0, killRedisMs: 0 }
  const { staleReads, reads, staleAtRest } = await race({ ...plan, writes: RACE_WRITES }, databaseUrl)
  return `${staleReads} of ${reads}, at rest ${staleAtRest}`
}

/** `pnpm bench cache`: our cache next to Redis itself and to other libraries, and how often each of them was wrong. */
export async function benchCache(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "tintype-bench-cache-"))
  // Postgres runs as another user when we are root.
  chmodSync(dir, 0o755)
  const postgres = await startPostgres({ dir: join(dir, "postgres"), durable: false })
  try {
    const costs = await measureCosts(join(dir, "redis"))
    const raw = costs.get("raw ioredis")
    const table: Record<string, Record<string, string>> = {}
    for (const [name, each] of costs) {
      const show = (kind: keyof Costs) =>
        `${each[kind].toFixed(1)} (${((raw?.[kind] ?? 0) / each[kind]).toFixed(2)})`
      table[name] = {
        hit: show("hit"),
        "hit of 20": show("hit of 20"),
        miss: show("miss"),
        write: show("write"),
        "stale reads in the race": await countStale(name, postgres.url("postgres")),
      }
    }
    console.log(
      "\nµs of the caller's processor time a call, 16 at once, values of 1 kB, loads that cost nothing",
    )
    console.log("(in brackets: how fast that is next to raw ioredis)")
    console.table(table)
    const ratio = (costs.get("tintype")?.hit ?? 0) / (costs.get("tintype with a first level")?.hit ?? 0)
    console.log(`a hit in the first level: ${ratio.toFixed(1)} times as fast as one in Redis\n`)
  } finally {
    await postgres.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}
