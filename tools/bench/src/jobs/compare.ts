import { fileURLToPath } from "node:url"
import { startChild } from "@tintype/dev"
import { sql } from "drizzle-orm"
import { cpuTimeOf } from "../cpu-time.ts"
import type { ContenderName } from "./contenders/contender.ts"
import { openContender, startContender } from "./contenders/contenders.ts"
import { percentiles } from "./figures.ts"
import type { JobStores } from "./stores.ts"

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url))
const PRODUCERS = 16
const WARM_UP = 320

export interface Throughput {
  jobsPerSecond: number
  /** Of producers, worker process and stores, for each job. */
  cpuMs: number
}

const cpuOf = (stores: JobStores, worker: number) => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000 + cpuTimeOf([worker, ...stores.pids()])
}

/** Operations by many at once, and their jobs by one worker process, until the last effect is there. */
export async function measureContender(
  name: ContenderName,
  stores: JobStores,
  count: number,
): Promise<Throughput> {
  const { db, databaseUrl, directUrl, redisUrl } = stores
  const contender = await openContender(name, stores)
  const args = [WORKER, name, databaseUrl, directUrl, redisUrl]
  const worker = await startChild({ command: process.execPath, args })
  const effects = async () => {
    const [row] = await db.execute<{ done: number }>(sql`select count(*)::int as done from effects`)
    return row?.done ?? 0
  }
  const round = async (jobs: number): Promise<Throughput> => {
    const wanted = (await effects()) + jobs
    const [begin, cpu] = [performance.now(), cpuOf(stores, worker.pid)]
    const produce = async () => {
      for (let i = 0; i < jobs / PRODUCERS; i++) await contender.operate(db)
    }
    await Promise.all(Array.from({ length: PRODUCERS }, produce))
    while ((await effects()) < wanted) await new Promise((resolve) => setTimeout(resolve, 20))
    return {
      jobsPerSecond: (jobs / (performance.now() - begin)) * 1000,
      cpuMs: (cpuOf(stores, worker.pid) - cpu) / jobs,
    }
  }
  try {
    await round(WARM_UP)
    return await round(count)
  } finally {
    await worker.stop()
    await contender.close()
    await db.execute(sql`truncate effects, written`)
  }
}

/** Jobs before those that are measured: a process that runs for long has compiled its code. */
export const LATENCY_WARM_UP = 500

/** From COMMIT to the start of the job, one by one, while nothing else runs: producer and worker in this process. */
export async function measureLatency(name: ContenderName, stores: JobStores, count: number): Promise<string> {
  let begun = Promise.withResolvers<number>()
  const work = { db: stores.db, begun: () => begun.resolve(performance.now()) }
  const contender = await openContender(name, stores)
  const worker = await startContender(name, work, stores)
  const ms: number[] = []
  try {
    for (let i = 0; i < LATENCY_WARM_UP + count; i++) {
      begun = Promise.withResolvers()
      const committed = await contender.operate(stores.db)
      ms.push((await begun.promise) - committed)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return percentiles(ms.slice(LATENCY_WARM_UP))
  } finally {
    await worker.close()
    await contender.close()
  }
}
