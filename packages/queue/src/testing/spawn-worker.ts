import { fileURLToPath } from "node:url"
import { type Child, startChild } from "@tintype/dev"
import { onTestFinished } from "vitest"
import type { QueueAddress } from "./world.ts"

const PROGRAM = fileURLToPath(new URL("worker-process.ts", import.meta.url))

export interface WorkerProcess extends Child {
  /** What it has logged so far. */
  lines: string[]
}

/** A real worker process, killed when the test ends. */
export async function spawnWorker(
  databaseUrl: string,
  address: QueueAddress,
  program = PROGRAM,
): Promise<WorkerProcess> {
  const lines: string[] = []
  const child = await startChild({
    command: process.execPath,
    args: [program, databaseUrl, address.queueUrl, address.prefix],
    onLine: (line) => lines.push(line),
  })
  onTestFinished(() => child.stop("SIGKILL"))
  return { ...child, lines }
}

/** Starts a worker process, and another one whenever it has died, until the test ends. */
export async function superviseWorker(databaseUrl: string, address: QueueAddress, program = PROGRAM) {
  let deaths = 0
  let over = false
  onTestFinished(() => {
    over = true
  })
  const watch = async (worker: WorkerProcess): Promise<void> => {
    await worker.exited
    if (over) return
    deaths++
    await watch(await spawnWorker(databaseUrl, address, program))
  }
  watch(await spawnWorker(databaseUrl, address, program)).catch(() => undefined)
  return { deaths: () => deaths }
}
