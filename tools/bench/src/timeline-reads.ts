import type { System } from "@tintype/dev"
import autocannon from "autocannon"
import fastify from "fastify"

const SECONDS = 5
const CONNECTIONS = 16

export interface ReadResult {
  "req/s": number
  "p50 ms": number
  "p99 ms": number
  errors: number
}

async function fire(url: string, token: string): Promise<ReadResult> {
  const headers = { authorization: `Bearer ${token}` }
  await autocannon({ url, headers, connections: CONNECTIONS, duration: 1 })
  const result = await autocannon({ url, headers, connections: CONNECTIONS, duration: SECONDS })
  return {
    "req/s": Math.round(result.requests.average),
    "p50 ms": result.latency.p50,
    "p99 ms": result.latency.p99,
    errors: result.errors + result.non2xx,
  }
}

/** What Fastify alone does with an answer of the same size. */
async function fireAtConstant(body: string, token: string): Promise<ReadResult> {
  const app = fastify()
  app.get("/", (_request, reply) => reply.type("application/json").send(body))
  const url = await app.listen({ port: 0, host: "127.0.0.1" })
  try {
    return await fire(url, token)
  } finally {
    await app.close()
  }
}

/** Reads of a warm home timeline of 20 posts: through the gateway, from the api, and what Fastify alone would do. */
export async function measureReads(system: System, token: string): Promise<Record<string, ReadResult>> {
  const path = "/api/v1/timelines/home"
  const headers = { authorization: `Bearer ${token}` }
  const body = await (await fetch(system.gatewayUrl + path, { headers })).text()
  const replicas = system.apiUrls.length
  return {
    [`gateway, ${replicas} api`]: await fire(system.gatewayUrl + path, token),
    ...(replicas === 1 && {
      "api direct": await fire(`${system.apiUrls[0]}${path}`, token),
      [`Fastify, ${body.length} constant bytes`]: await fireAtConstant(body, token),
    }),
  }
}
