import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type StoreUrls, Supervised, type System, startChild, startSystem } from "@tintype/dev"
import type { ProcessName } from "../faults/catalogue.ts"
import { openWays, type Ways } from "./ways.ts"

const REPLICAS = 2
const JOB_WORKER = fileURLToPath(new URL("job-worker.ts", import.meta.url))

/** All processes of the product, two of each tier that may have several, on ways that can be made to fail. */
export interface ChaosSystem {
  system: System
  ways: Ways
  dataDir: string
  process(name: ProcessName, replica?: number): Supervised
  stop(): Promise<void>
}

export interface ChaosSystemOptions {
  say: (message: string) => void
  onLine: (process: string, line: string) => void
}

/** A worker process for the harness's own jobs, supervised as the product's are. */
function jobWorker(index: number, { DATABASE_URL, REDIS_QUEUE_URL }: StoreUrls, options: ChaosSystemOptions) {
  const launch = async () => {
    const child = await startChild({
      command: process.execPath,
      args: [JOB_WORKER, DATABASE_URL, REDIS_QUEUE_URL],
      onLine: (line) => options.onLine(`job-worker-${index + 1}`, line),
    })
    return { ...child, stop: () => child.stop("SIGTERM", 15_000) }
  }
  return new Supervised({ name: "job worker", index, launch, say: options.say })
}

const ENVIRONMENT = {
  LOG_LEVEL: "warn",
  // Little enough for a photo to exceed it, and enough for any honest one.
  DEVELOP_MEMORY_MIB: "256",
  UPLOAD_MAX_MIB: "8",
}

/** Starts everything. @throws when it does not become healthy */
export async function openChaosSystem(options: ChaosSystemOptions): Promise<ChaosSystem> {
  await using opened = new AsyncDisposableStack()
  const dataDir = mkdtempSync(join(tmpdir(), "tintype-chaos-"))
  // Postgres runs as another user when we are root.
  chmodSync(dataDir, 0o755)
  opened.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const ways = openWays()
  opened.defer(() => ways.close())
  const told = new Map<string, StoreUrls>()
  const system = await startSystem({
    dataDir,
    apiReplicas: REPLICAS,
    workerReplicas: REPLICAS,
    env: ENVIRONMENT,
    wayTo: async (tier, stores) => {
      const urls = await ways.of(tier, stores)
      told.set(tier, urls)
      return urls
    },
    ...options,
  })
  opened.defer(() => system.stop())
  const workerUrls = told.get("worker") ?? system.stores
  const jobWorkers = Array.from({ length: REPLICAS }, (_, index) => jobWorker(index, workerUrls, options))
  opened.defer(async () => void (await Promise.all(jobWorkers.map((each) => each.stop()))))
  await Promise.all(jobWorkers.map((each) => each.start()))
  await system.untilHealthy()
  const kept = opened.move()
  return {
    system,
    ways,
    dataDir,
    process(name, replica = 0) {
      if (name === "api" || name === "worker") return system.tier(name, replica)
      if (name === "gateway") return system.tier(name)
      if (name !== "job worker") return system.store(name)
      const found = jobWorkers[replica]
      if (!found) throw new Error(`there is no job worker ${replica}`)
      return found
    },
    stop: () => kept.disposeAsync(),
  }
}
