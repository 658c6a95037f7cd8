import { cpSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Supervised } from "@tintype/dev"
import { Redis } from "ioredis"
import type { ChaosSystem } from "../system/chaos-system.ts"
import { type Fault, WORSE } from "./catalogue.ts"

/** A store that was killed may need some time to let go of its files and its port. */
const STARTS = 5

async function start(process: Supervised): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await process.start()
    } catch (error) {
      if (tries === STARTS) throw error
      await sleep(500)
    }
  }
}

async function kill(process: Supervised, ms: number, meanwhile = () => {}): Promise<void> {
  await process.signal("SIGKILL", false)
  meanwhile()
  await sleep(ms)
  await start(process)
}

async function freeze(process: Supervised, ms: number): Promise<void> {
  await process.signal("SIGSTOP", true)
  try {
    await sleep(ms)
  } finally {
    await process.signal("SIGCONT", true)
  }
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, connectTimeout: 2_000 })
  redis.on("error", () => undefined)
  try {
    await redis.connect()
    await redis.flushall()
  } finally {
    redis.disconnect()
  }
}

/** Puts an older copy of its files in place of what the queue's Redis has. */
async function restore({ dataDir, system }: ChaosSystem, ms: number): Promise<void> {
  const files = join(dataDir, "redis-queue", "appendonlydir")
  const copy = join(dataDir, "redis-queue-copy")
  rmSync(copy, { recursive: true, force: true })
  cpSync(files, copy, { recursive: true })
  await sleep(ms)
  await kill(system.store("redis-queue"), 0, () => {
    rmSync(files, { recursive: true, force: true })
    cpSync(copy, files, { recursive: true })
  })
}

/** Makes a fault happen. Resolves when it is over: everything runs again, though nothing may have recovered yet. */
export async function inject(chaos: ChaosSystem, fault: Fault): Promise<void> {
  const { system, ways } = chaos
  switch (fault.kind) {
    case "kill":
      return kill(chaos.process(fault.target, replicaOf(fault)), fault.ms)
    case "freeze":
      return freeze(chaos.process(fault.target, replicaOf(fault)), fault.ms)
    case "flush":
      return flush(system.stores[fault.target === "redis-queue" ? "REDIS_QUEUE_URL" : "REDIS_CACHE_URL"])
    case "restore":
      return restore(chaos, fault.ms)
    case "cut":
      return ways.proxy(fault.target).cut()
    case "strand": {
      const stranded = ways.proxy(fault.target).strand()
      await sleep(fault.ms)
      return stranded.reset()
    }
    default:
      await ways.proxy(fault.target).set(WORSE[fault.kind])
      await sleep(fault.ms)
      return ways.proxy(fault.target).set({})
  }
}

const SEVERAL: readonly string[] = ["api", "worker", "job worker"]

function replicaOf(fault: Extract<Fault, { kind: "kill" | "freeze" }>): number {
  return SEVERAL.includes(fault.target) ? fault.replica : 0
}

/** What a fault needs for itself: two with the same do not overlap. */
export const placeOf = (fault: Fault): string =>
  `${fault.target} ${"replica" in fault ? replicaOf(fault) : 0}`
