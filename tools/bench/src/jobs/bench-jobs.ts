import { measureContender, measureLatency, type Throughput } from "./compare.ts"
import { CONTENDERS } from "./contenders/contender.ts"
import { median } from "./figures.ts"
import { measureStarts } from "./latency.ts"
import { measurePosts } from "./post-enqueue.ts"
import { type JobStores, openJobStores } from "./stores.ts"
import { measureEnqueue } from "./throughput.ts"

const JOBS = 3_200

function row(turns: readonly Throughput[], base: readonly Throughput[]) {
  const rate = (of: readonly Throughput[]) => median(of.map(({ jobsPerSecond }) => jobsPerSecond))
  const cpu = (of: readonly Throughput[]) => median(of.map(({ cpuMs }) => cpuMs))
  return {
    "jobs a second": Math.round(rate(turns)),
    "to raw BullMQ": (rate(turns) / rate(base)).toFixed(2),
    "ms of CPU a job": cpu(turns).toFixed(2),
    "BullMQ's to it": (cpu(base) / cpu(turns)).toFixed(2),
  }
}

async function showLatencies(stores: JobStores, isQuick: boolean): Promise<void> {
  console.log("\nFrom COMMIT to the start of the handler, ms, while nothing else runs")
  const latencies: Record<string, string> = {}
  for (const name of CONTENDERS) {
    if (name !== "tintype, no history") latencies[name] = await measureLatency(name, stores, 500)
  }
  console.table(latencies)
  if (isQuick) return
  console.log("\nThe same for a notice of ours behind photos that wait in the same process")
  console.table(await measureStarts(stores, 300, 5_000))
}

async function showThroughput(stores: JobStores, isQuick: boolean): Promise<void> {
  const times = isQuick ? 1 : 3
  console.log(
    `\n${JOBS} operations by 16 callers, each with a job, one worker process; median of ${times} turns`,
  )
  const turns = new Map(CONTENDERS.map((name) => [name, [] as Throughput[]]))
  for (let turn = 0; turn < times; turn++) {
    for (const [name, measured] of turns) measured.push(await measureContender(name, stores, JOBS))
  }
  const base = turns.get("bullmq") ?? []
  console.table(Object.fromEntries([...turns].map(([name, measured]) => [name, row(measured, base)])))
}

/**
 * Jobs through the whole path, next to others; stores, callers and workers share the cores. Everybody is told of a job
 * in or right after the transaction that wants it, and its effect is a transaction too.
 */
export async function benchJobs(isQuick: boolean): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const stores = await openJobStores(stack)
  await showLatencies(stores, isQuick)
  await stores.db.execute("truncate outbox")
  console.log("\nTransactions of a single INSERT a second, 32 callers")
  console.table(await measureEnqueue(stores, isQuick ? 1_500 : 3_000))
  await stores.db.execute("truncate outbox, written")
  console.log("\nPosts of one photo a second, 32 members, each as the product writes it")
  console.table(await measurePosts(stores, isQuick ? 1_500 : 3_000))
  await stores.db.execute("truncate outbox")
  await showThroughput(stores, isQuick)
}
