import type { RequestListener } from "node:http"
import type { GatewayStatus } from "@tintype/contract/at-the-gateway"
import { expect, test } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"

const PATH = "/api/tintype/v1/admin/gateway"
const ADMIN = { cookie: "tintype=admin" }

/** An api that knows one admin, and careless enough to let everybody keep what it says. */
const api: RequestListener = (req, res) => {
  const isAdmin = req.headers.cookie === ADMIN.cookie
  res.setHeader("cache-control", "public, max-age=600")
  if (!isAdmin) res.writeHead(403, { "x-why": "role" }).end(`{"error":"not for you"}`)
  else res.writeHead(200, { etag: `"a"`, "x-of-the-api": "kept" }).end(`{"gateway":null}`)
}

async function start() {
  const backend = await startBackend(api)
  const { origin } = await startGateway({ apiUpstreams: [backend.origin] })
  const ask = (path: string, headers = {}, method = "GET") => sendRequest(origin + path, { method, headers })
  return { backend, ask }
}

test("an admin sees what this process knows, which nobody keeps", async () => {
  const { backend, ask } = await start()
  await ask("/api/v1/instance")
  await ask("/api//")
  const answer = await ask(PATH, ADMIN)

  expect(answer.status).toBe(200)
  expect(answer.headers).toMatchObject({ "cache-control": "no-store", "x-of-the-api": "kept" })
  expect(answer.headers).not.toHaveProperty("etag")
  const { gateway } = answer.json() as { gateway: GatewayStatus }
  expect(gateway).toMatchObject({
    pid: process.pid,
    in_flight: 1,
    replicas: [{ address: new URL(backend.origin).host, failures: 0, in_flight: 0 }],
    refusals: [{ name: "The path holds an empty or dot segment", count: 1 }],
    places: [
      { kind: "requests", most: 1_000, waiting: 0 },
      { kind: "uploads", taken: 0 },
    ],
    cache: { bytes: expect.any(Number), most_bytes: 8 * 1024 * 1024, hears_purges: false },
    rate_limits: { on: false, shared: false, refused: 0 },
  })
  expect(gateway.routes.find(({ route }) => route === "/api")).toMatchObject({
    answers: [{ name: "4xx", count: 1 }],
  })
  expect(gateway.replicas[0]?.p95_ms).toBeGreaterThan(0)
})

test("others get the api's refusal as it is, whoever asked before them", async () => {
  const { ask } = await start()
  await ask(PATH, ADMIN)
  for (const headers of [{}, { cookie: "tintype=member" }, { authorization: "Bearer x" }]) {
    const answer = await ask(PATH, headers)
    expect(answer).toMatchObject({ status: 403, headers: { "x-why": "role" } })
    expect(answer.json()).toEqual({ error: "not for you" })
  }
})

test("nothing else is answered so", async () => {
  const { ask } = await start()
  for (const path of [`${PATH}/`, `${PATH}s`, `${PATH}/x`, "/api/v1/x"]) {
    expect((await ask(path, ADMIN)).json()).toEqual({ gateway: null })
  }
  expect((await ask(PATH, ADMIN, "POST")).json()).toEqual({ gateway: null })
})

test("without an api nobody is an admin", async () => {
  const { origin } = await startGateway()
  expect(await sendRequest(origin + PATH, { headers: ADMIN })).toMatchObject({ status: 503 })
})

test("an api that breaks off has not said that it is an admin", async () => {
  const backend = await startBackend((_req, res) => {
    res.writeHead(200, { "content-length": "100" }).write("{")
    setImmediate(() => res.destroy())
  })
  const { origin } = await startGateway({ apiUpstreams: [backend.origin] })
  expect(await sendRequest(origin + PATH, { headers: ADMIN })).toMatchObject({ status: 502 })
})
