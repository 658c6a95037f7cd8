import type { OutgoingHttpHeaders, RequestListener } from "node:http"
import { describe, expect, test } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { sendRaw } from "../testing/raw-client.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"

const CANARY = "canary.example"

/** Shows every header and the target that reach it, and lets everybody keep that. */
const mirror: RequestListener = (req, res) => {
  res.writeHead(200, { "cache-control": "public, max-age=600", vary: "accept, accept-language, user-agent" })
  res.end(JSON.stringify({ url: req.url, method: req.method, headers: req.headers }))
}

async function startBefore(answer: RequestListener) {
  const backend = await startBackend(answer)
  const gateway = await startGateway({ apiUpstreams: [backend.origin] })
  const ask = async (path: string, headers: OutgoingHttpHeaders = {}) =>
    sendRequest(gateway.origin + path, { headers })
  return { backend, gateway, ask }
}

/** Names under which servers look for what they take for the truth about a request. */
const CLAIMS = [
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
  "X-Forwarded-Scheme",
  "X-Forwarded-Prefix",
  "X-Forwarded-Port",
  "X-Forwarded-Server",
  "X-Forwarded-Path",
  "X-Forwarded-For",
  "X-Forwarded-SSL",
  "X-Forwarded",
  "Forwarded",
  "X-Host",
  "X-Original-Host",
  "X-Original-URL",
  "X-Rewrite-URL",
  "X-HTTP-Method",
  "X-HTTP-Method-Override",
  "X-Method-Override",
  "X-Real-IP",
  "X-Client-IP",
  "X-Cluster-Client-IP",
  "Client-IP",
  "True-Client-IP",
  "CF-Connecting-IP",
  "Front-End-Https",
  "Proxy",
  "X-Request-Id",
  "X-Original-Forwarded-For",
  "X-Backend-Host",
  "X-Override-URL",
  "X-ProxyUser-IP",
  "X-Remote-IP",
  "X-Remote-Addr",
  "X-Scheme",
]

describe("poisoning", () => {
  test.for(CLAIMS)("%s of one client is not in the answer to another", async (name) => {
    const { backend, ask } = await startBefore(mirror)
    await ask("/api/v1/instance", { host: "photos.example", [name]: CANARY })
    const answer = await ask("/api/v1/instance", { host: "photos.example" })

    expect(answer.headers["cache-status"]).toContain("hit")
    expect(answer.body.toString()).not.toContain(CANARY)
    expect(backend.requests).toHaveLength(1)
  })

  test.for(["Accept", "Accept-Language", "User-Agent"])(
    "%s that the answer varies on keeps it apart",
    async (name) => {
      const { ask } = await startBefore(mirror)
      await ask("/api/v1/instance", { [name]: CANARY })
      expect((await ask("/api/v1/instance")).body.toString()).not.toContain(CANARY)
    },
  )

  test("a Host is part of the key, its port as well", async () => {
    const { ask } = await startBefore(mirror)
    await ask("/api/v1/instance", { host: `photos.example:${CANARY.length}` })
    await ask("/api/v1/instance", { host: CANARY })
    const answer = await ask("/api/v1/instance", { host: "photos.example" })
    expect(answer.json().headers).toMatchObject({
      host: "photos.example",
      "x-forwarded-host": "photos.example",
    })
  })

  test("a GET with a body neither reaches the api nor the cache", async () => {
    const { backend, gateway, ask } = await startBefore(mirror)
    const request = `GET /api/v1/instance HTTP/1.1\r\nHost: 127.0.0.1:${gateway.port}\r\n`
    const refused = await sendRaw(gateway.port, `${request}Content-Length: 8\r\n\r\nq=canary`)
    expect(refused).toMatch(/^HTTP\/1.1 400 /)
    expect(backend.requests).toEqual([])
    expect((await ask("/api/v1/instance")).headers["cache-status"]).toContain("miss")
  })

  test.for([
    ["/api/v1/x?a=1&a=2", "/api/v1/x?a=2&a=1"],
    ["/api/v1/x?a=1", "/api/v1/x%3Fa=1"],
    ["/api/v1/x?a=1", "/api/v1/x?a=%31"],
    ["/api/v1/x?a=1", "/api/v1/x?a=1&"],
    ["/api/v1/x?utm_source=1", "/api/v1/x"],
    ["/api/v1/x;a=1", "/api/v1/x"],
  ])("%s and %s are two things", async ([one, other]) => {
    const { backend, ask } = await startBefore(mirror)
    expect((await ask(one ?? "")).json().url).toBe(one)
    expect((await ask(other ?? "")).json().url).toBe(other)
    expect(backend.requests).toHaveLength(2)
  })

  test("errors of the gateway are not kept", async () => {
    const gateway = await startGateway()
    const refused = await sendRequest(`${gateway.origin}/api/v1/instance`)
    expect(refused).toMatchObject({ status: 503, headers: { "cache-control": "no-store" } })
  })
})

const SECRET = "for the member alone"
const PRIVATE = "/api/v1/accounts/verify_credentials"
const DISGUISES = [
  PRIVATE,
  `${PRIVATE}/x.css`,
  `${PRIVATE};a.js`,
  `${PRIVATE}%00.png`,
  `${PRIVATE}%0a.css`,
  `${PRIVATE}%2f..%2fx.js`,
  `${PRIVATE}/../x.js`,
  `${PRIVATE}/%2e%2e/x.js`,
  `${PRIVATE}//x.js`,
  `/api//v1/accounts/verify_credentials`,
  `${PRIVATE}?x.css`,
  `${PRIVATE}%3Fx.css`,
  `${PRIVATE}%23x.css`,
  `${PRIVATE}.css`,
  `${PRIVATE}/.well-known/x.css`,
]

/** An api that is easily deceived: whatever begins like the private address is answered with private content. */
const gullible =
  (headers: OutgoingHttpHeaders): RequestListener =>
  (req, res) => {
    const known = req.headers.authorization !== undefined || req.headers.cookie !== undefined
    res.writeHead(200, { "content-type": "text/css", ...headers }).end(known ? SECRET : "nobody")
  }

describe("deception", () => {
  const CARELESS: [string, OutgoingHttpHeaders][] = [
    ["no-store", { "cache-control": "private, no-store" }],
    ["nothing", {}],
    ["only when it changed", { "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" }],
    ["only how long", { "cache-control": "max-age=600" }],
  ]
  test.for(CARELESS.flatMap(([name, headers]) => DISGUISES.map((path) => ({ name, headers, path }))))(
    "an answer that says $name for $path is not kept",
    async ({ headers, path }) => {
      const { gateway } = await startBefore(gullible(headers))
      const asking = `GET ${path} HTTP/1.1\r\nHost: x.example\r\nConnection: close\r\n`
      for (const credentials of ["Authorization: Bearer a\r\n", "Cookie: session=a\r\n"]) {
        await sendRaw(gateway.port, `${asking}${credentials}\r\n`)
        expect(await sendRaw(gateway.port, `${asking}\r\n`)).not.toContain(SECRET)
        expect(await sendRaw(gateway.port, `${asking}Authorization: Bearer b\r\n\r\n`)).not.toContain("hit")
      }
    },
  )
})
