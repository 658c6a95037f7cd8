import { fork } from "node:child_process"
import { once } from "node:events"
import type { System } from "@tintype/dev"
import autocannon from "autocannon"
import { cpuTimeOf } from "./cpu-time.ts"

const SECONDS = 5
const CONNECTIONS = 16

export interface ReadResult {
  "req/s": number
  "p50 ms": number
  "p99 ms": number
  /** Of the processes that answer: what a request costs, however many others want the cores. */
  "CPU ms a request": number
  errors: number
}

/** @param pids the processes whose work is measured */
async function fire(url: string, token: string, pids: readonly number[]): Promise<ReadResult> {
  const headers = { authorization: `Bearer ${token}` }
  await autocannon({ url, headers, connections: CONNECTIONS, duration: 2 })
  const before = cpuTimeOf(pids)
  const result = await autocannon({ url, headers, connections: CONNECTIONS, duration: SECONDS })
  const cpu = (cpuTimeOf(pids) - before) / result.requests.total
  return {
    "req/s": Math.round(result.requests.average),
    "p50 ms": result.latency.p50,
    "p99 ms": result.latency.p99,
    "CPU ms a request": Number(cpu.toFixed(3)),
    errors: result.errors + result.non2xx,
  }
}

/** What Fastify alone does with an answer of the same size. */
async function fireAtConstant(body: string, token: string): Promise<ReadResult> {
  const server = fork(new URL("constant-server.ts", import.meta.url))
  try {
    server.send(body)
    const [url] = await once(server, "message")
    return await fire(String(url), token, server.pid ? [server.pid] : [])
  } finally {
    server.kill()
  }
}

/** Reads of a warm home timeline of 20 posts: through the gateway, from the api, and what Fastify alone would do. */
export async function measureReads(system: System, token: string): Promise<Record<string, ReadResult>> {
  const path = "/api/v1/timelines/home"
  const headers = { authorization: `Bearer ${token}` }
  const body = await (await fetch(system.gatewayUrl + path, { headers })).text()
  const replicas = system.apiUrls.length
  const pidsOf = (name: string) =>
    system.tiers.flatMap((tier) => (tier.name === name && tier.pid ? [tier.pid] : []))
  const api = pidsOf("api")
  return {
    [`gateway, ${replicas} api`]: await fire(system.gatewayUrl + path, token, [...pidsOf("gateway"), ...api]),
    ...(replicas === 1 && {
      "api direct": await fire(`${system.apiUrls[0]}${path}`, token, api),
      [`Fastify, ${body.length} constant bytes`]: await fireAtConstant(body, token),
    }),
  }
}
