import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { type System, startSystem } from "@tintype/dev"
import { benchCache } from "./cache-bench/bench-cache.ts"
import { seedTimeline } from "./community.ts"
import { benchGateway } from "./gateway-bench/bench-gateway.ts"
import { benchJobs } from "./jobs/bench-jobs.ts"
import { measureDevelopment, measurePosts } from "./photo-development.ts"
import { countRoundTrips } from "./round-trips.ts"
import { measureStreams, type StreamLatency } from "./stream-latency.ts"
import { measureReads, type ReadResult } from "./timeline-reads.ts"
import { measureUploadMemory } from "./upload-memory.ts"

/**
 * `pnpm bench [jobs|cache|gateway|development|memory|posts|reads|streams|trips …] [--quick]`: the jobs, the cache and the gateway
 * alone, and the whole system on this machine, as it is deployed, load and system sharing the cores. All of it if nothing
 * is named; `--quick` is for the gateway and the jobs. `timelines` is asked for by name: see `timelines/main.ts`.
 */

const isQuick = process.argv.includes("--quick")
const named = process.argv.slice(2).filter((each) => !each.startsWith("--"))
const isWanted = (section: string) => named.length === 0 || named.includes(section)

/** What an option names, split by commas. */
const listOf = (option: string) =>
  process.argv.flatMap((each) => (each.startsWith(option) ? each.slice(option.length).split(",") : []))

async function withSystem<T>(apiReplicas: number, work: (system: System) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), "tintype-bench-"))
  const system = await startSystem({
    dataDir,
    apiReplicas,
    bundled: true,
    env: { LOG_LEVEL: process.env.BENCH_LOG ?? "error" },
    onLine: (tier, line) => process.env.BENCH_LOG && console.error(tier, line),
  })
  try {
    await system.untilHealthy()
    return await work(system)
  } finally {
    await system.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

function show(title: string, table: object): void {
  console.log(`\n${title}`)
  console.table(table)
}

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim()
console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, commit ${commit}`)

if (named[0] === "timelines") {
  await import("./timelines/main.ts")
  process.exit()
}
if (isWanted("jobs")) await benchJobs(isQuick)
if (named.join() === "jobs") process.exit()
if (isWanted("cache")) await benchCache()
if (named.join() === "cache") process.exit()

execFileSync("turbo", ["build", "--output-logs=errors-only"], { stdio: ["ignore", "ignore", "inherit"] })

if (isWanted("gateway")) {
  await benchGateway({ isQuick, rows: listOf("--rows="), contenders: listOf("--only=") })
}
if (named.join() === "gateway") process.exit()

async function measurePhotos(): Promise<void> {
  await withSystem(1, async (system) => {
    if (isWanted("development")) {
      show(
        "From upload to ready, ms, one by one, next to sharp alone; photos a second with 24 at once",
        await measureDevelopment(system),
      )
    }
    if (isWanted("memory"))
      show("Resident memory, MiB, while files come in", await measureUploadMemory(system))
    if (isWanted("posts")) console.log(`\nPosts a second, 8 clients: ${await measurePosts(system)}`)
  })
}

async function measureTimelines(): Promise<void> {
  const reads: Record<string, ReadResult> = {}
  for (const replicas of isWanted("reads") ? [1, 2, 4] : [1]) {
    await withSystem(replicas, async (system) => {
      const reader = await seedTimeline(system)
      if (isWanted("reads")) Object.assign(reads, await measureReads(system, reader))
      if (replicas === 1 && isWanted("trips")) {
        show("Round trips of a request", await countRoundTrips(system, reader))
      }
    })
  }
  if (isWanted("reads")) show("Reads of a warm home timeline of 20 posts, 16 connections", reads)
}

async function measureStreaming(): Promise<void> {
  const told: Record<string, StreamLatency> = {}
  for (const replicas of [1, 2]) {
    await withSystem(replicas, async (system) => {
      told[`${replicas} api`] = await measureStreams(system)
    })
  }
  show("A post on the open home timelines of its author's followers", told)
}

if (["development", "memory", "posts"].some(isWanted)) await measurePhotos()
if (["reads", "trips"].some(isWanted)) await measureTimelines()
if (isWanted("streams")) await measureStreaming()
