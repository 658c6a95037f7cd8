import { execFile } from "node:child_process"
import { createRequire } from "node:module"
import { promisify } from "node:util"
import { type Found, findProgram } from "@tintype/dev"
import type { Cores } from "./cores.ts"

const run = promisify(execFile)
const AUTOCANNON = createRequire(import.meta.url).resolve("autocannon")
const WRK = {
  name: "wrk",
  commands: ["wrk"],
  package: "wrk",
  path: "usr/bin/wrk",
  install: "apt-get install wrk",
}
export const CONNECTIONS = 64

export interface Shots {
  url: string
  seconds: number
  /** Requests a second, sent when they are due; without it as many as are answered. */
  rate?: number | undefined
}

export interface Hits {
  requests: number
  seconds: number
  p50: number
  p99: number
  failed: number
}

/** What sends the requests. */
export interface Gun {
  told: string
  fire(shots: Shots): Promise<Hits>
}

/** wrk where it can be had, as it leaves the others most of their core; autocannon otherwise, and for a given rate. */
export async function loadGun(cores: Cores): Promise<Gun> {
  const wrk = await findProgram(WRK).catch(() => undefined)
  return {
    told: wrk ? "wrk, autocannon for a given rate" : "autocannon: it takes most of its core, so look at CPU",
    fire: (shots) =>
      wrk && shots.rate === undefined ? fireWrk(wrk, cores, shots) : fireAutocannon(cores, shots),
  }
}

async function fireWrk({ command, env }: Found, cores: Cores, { url, seconds }: Shots): Promise<Hits> {
  const options = ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--latency", url]
  const [file = "", ...args] = cores.forOthers([command, ...options])
  const { stdout } = await run(file, args, { env })
  const total = /(\d+) requests in ([\d.]+)(m?s)/.exec(stdout)
  if (!total) throw new Error(`wrk says nothing of requests:\n${stdout}`)
  const socketErrors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)
  const counts = [
    ...(socketErrors?.slice(1) ?? []),
    /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? "0",
  ]
  return {
    requests: Number(total[1]),
    seconds: total[3] === "ms" ? Number(total[2]) / 1000 : Number(total[2]),
    p50: percentile(stdout, 50),
    p99: percentile(stdout, 99),
    failed: counts.reduce((sum, each) => sum + Number(each), 0),
  }
}

const MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 }

function percentile(output: string, which: number): number {
  const match = new RegExp(`^ +${which}% +([\\d.]+)(us|ms|s)$`, "m").exec(output)
  return match ? Number(match[1]) * (MS[match[2] ?? ""] ?? Number.NaN) : Number.NaN
}

interface AutocannonReport {
  requests: { total: number }
  duration: number
  latency: { p50: number; p99: number }
  errors: number
  non2xx: number
}

async function fireAutocannon(cores: Cores, { url, seconds, rate }: Shots): Promise<Hits> {
  const pace = rate === undefined ? [] : ["-R", String(rate)]
  const options = ["-j", "-n", "-c", String(CONNECTIONS), "-d", String(seconds), ...pace, url]
  const [file = "", ...args] = cores.forOthers([process.execPath, AUTOCANNON, ...options])
  const { stdout } = await run(file, args, { maxBuffer: 16 * 1024 * 1024 })
  const report: AutocannonReport = JSON.parse(stdout)
  return {
    requests: report.requests.total,
    seconds: report.duration,
    p50: report.latency.p50,
    p99: report.latency.p99,
    failed: report.errors + report.non2xx,
  }
}
