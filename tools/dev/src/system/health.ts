import { setTimeout as sleep } from "node:timers/promises"
import { accepts } from "../services/child.ts"
import type { Supervised } from "./supervised.ts"

/** A process that ends so often right after its start will not get better by waiting. */
const HOPELESS_CRASHES = 4

export interface HealthOptions {
  /** Of the gateway, without a slash at the end. */
  url: string
  /** The ports of all processes that listen. */
  ports: readonly number[]
  processes: readonly Supervised[]
  seconds: number
}

function checkCrashes(processes: readonly Supervised[]): void {
  const broken = processes.find(({ crashes }) => crashes >= HOPELESS_CRASHES)
  if (broken) throw new Error(`${broken.label} ends again and again:\n${broken.tail()}`)
}

/** One look at the system's health: undefined when it is ready, otherwise what it says. */
async function ask(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(3_000) })
    const text = await response.text()
    return response.ok ? undefined : text
  } catch (error) {
    return error instanceof Error ? String(error.cause ?? error.message) : "no answer"
  }
}

/** Waits until `GET /health` through the gateway says 200. @throws after `seconds`, or when a process keeps crashing */
export async function untilHealthy({ url, ports, processes, seconds }: HealthOptions): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  let problem: string | undefined = "nothing listens yet"
  while (Date.now() < deadline) {
    // A request to a process that does not listen yet would only fill the log.
    const listening = await Promise.all(ports.map(accepts))
    if (listening.every(Boolean)) problem = await ask(url)
    if (problem === undefined) return
    checkCrashes(processes)
    await sleep(50)
  }
  throw new Error(`The system was not ready after ${seconds} s: ${problem?.slice(0, 500)}`)
}
