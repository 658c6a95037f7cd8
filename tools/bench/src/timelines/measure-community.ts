import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startSystem } from "@tintype/dev"
import { sql } from "drizzle-orm"
import { drizzle } from "drizzle-orm/postgres-js"
import { Redis } from "ioredis"
import postgres from "postgres"
import { openBenchContext } from "../bench-context.ts"
import { percentiles } from "../jobs/figures.ts"
import { measureFanOut } from "./fan-out.ts"
import { generateCommunity } from "./generate.ts"
import { run2011 } from "./load-2011.ts"
import { measurePostRate } from "./post-rate.ts"
import { drawReaders, measureReads } from "./reads.ts"

/** For statements that take longer than an operation may, in ms; 0 would be left out by the driver. */
const UNHURRIED = { statement_timeout: 1e8, transaction_timeout: 1e8 }

export interface Wanted {
  accounts: number
  seed: number
  /** Members whose timelines are read. */
  readers: number
  /** Seconds of the load of 2011; 0 for none. */
  load: number
  /** The share of it that is asked for. */
  share: number
  loadOnly: boolean
}

/** What is known of one community, by what it is called in the tables. */
export type Figures = Record<string, string | number>

/** Generates a community of that size in a system of its own, and measures its home timelines. */
export async function measureCommunity(wanted: Wanted): Promise<Figures> {
  await using stack = new AsyncDisposableStack()
  const dataDir = mkdtempSync(join(tmpdir(), "tintype-timelines-"))
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const system = await startSystem({ dataDir, bundled: true, env: { LOG_LEVEL: "error" } })
  stack.defer(() => system.stop())
  await system.untilHealthy()
  const { ctx, close } = openBenchContext(system)
  stack.defer(close)
  const redis = new Redis(system.stores.REDIS_CACHE_URL)
  stack.defer(() => redis.disconnect())
  const session = postgres(system.stores.DATABASE_DIRECT_URL, {
    max: 1,
    onnotice: () => undefined,
    connection: { ...UNHURRIED, work_mem: "256MB", synchronous_commit: "off" },
  })
  stack.defer(() => session.end({ timeout: 5 }))
  const direct = drizzle(session)

  const { accounts, seed } = wanted
  const { pushedFollowers } = ctx.settings
  const community = await generateCommunity(direct, { accounts, seed, pushedFollowers })
  const readers = await drawReaders(direct, wanted.readers)
  const [size] = await ctx.db.execute<{ bytes: string }>(
    sql`select pg_size_pretty(pg_database_size(current_database())) as bytes`,
  )
  const figures: Figures = { follows: community.follows, posts: community.posts, database: size?.bytes ?? "" }
  console.log("\nThe community")
  console.table({ ...community, database: size?.bytes })
  if (!wanted.loadOnly) {
    const [apiUrl = ""] = system.apiUrls
    const reads = await measureReads(apiUrl, { db: ctx.db, redis, lists: ctx.warmLists, readers })
    const pages: Record<string, Record<string, string>> = {}
    for (const [title, byCallers] of reads) {
      const row: Record<string, string> = {}
      for (const [callers, ms] of Object.entries(byCallers)) {
        row[callers] = percentiles(ms)
        figures[`${title}, ${callers}`] = percentiles(ms)
      }
      pages[title] = row
    }
    console.log("\nHome timelines at the api, ms, by one caller after another and by four at the same time")
    console.table(pages)
    const fanOut = { ...(await measureFanOut(ctx, redis)), ...(await measurePostRate(ctx, redis, direct)) }
    console.log("\nFan-out by one process")
    console.table(fanOut)
    Object.assign(figures, fanOut)
  }
  if (wanted.load > 0) await run2011(system, { readers, seconds: wanted.load, share: wanted.share })
  return figures
}
