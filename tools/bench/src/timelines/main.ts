import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
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
import { drawReaders, measureReads } from "./reads.ts"

/**
 * `pnpm bench timelines [--accounts 10000] [--seed 1] [--readers 200] [--load SECONDS]`: home timelines of a generated
 * community, read at the api and pushed by a worker's own code; with `--load`, the load of 2011 as well, or `--share` of it; `--load-only` leaves the rest out.
 */
const { values } = parseArgs({
  allowPositionals: true,
  options: {
    accounts: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    readers: { type: "string", default: "200" },
    load: { type: "string", default: "0" },
    share: { type: "string", default: "1" },
    "load-only": { type: "boolean", default: false },
  },
})
const [accounts, seed] = [Number(values.accounts), Number(values.seed)]

execFileSync("turbo", ["build", "--output-logs=errors-only"], { stdio: ["ignore", "ignore", "inherit"] })
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

console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`)
// Statements that take longer than an operation may, straight to Postgres.
const direct = postgres(system.stores.DATABASE_DIRECT_URL, { max: 1, onnotice: () => undefined })
stack.defer(() => direct.end())
const community = await generateCommunity(drizzle(direct), {
  accounts,
  seed,
  pushedFollowers: ctx.settings.pushedFollowers,
})
const readers = await drawReaders(ctx.db, Number(values.readers))
const [size] = await ctx.db.execute<{ bytes: string }>(
  sql`select pg_size_pretty(pg_database_size(current_database())) as bytes`,
)
console.log("\nThe community")
console.table({ ...community, database: size?.bytes })
if (!values["load-only"]) {
  const [apiUrl = ""] = system.apiUrls
  const reads = await measureReads(apiUrl, { db: ctx.db, redis, readers })
  console.log("\nHome timelines at the api, 4 callers, ms")
  console.table(Object.fromEntries(reads.map(({ title, ms }) => [title, percentiles(ms)])))
  console.log("\nFan-out by one process")
  console.table(await measureFanOut(ctx, redis))
}
const seconds = Number(values.load)
if (seconds > 0) await run2011(system, { readers, seconds, share: Number(values.share) })
