import { describe, expect, test } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"
import { addressTest } from "./believe-peers.ts"

/** What a client could send to pass for another one. */
const CLAIMS = {
  host: "photos.example",
  "x-forwarded-for": "6.6.6.6",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "evil.example",
  "x-forwarded-port": "1",
  "x-forwarded-prefix": "/evil",
  "x-real-ip": "6.6.6.6",
  "x-client-ip": "6.6.6.6",
  "true-client-ip": "6.6.6.6",
  "cf-connecting-ip": "6.6.6.6",
  forwarded: "for=6.6.6.6;host=evil.example",
  "x-original-url": "/evil",
  "x-rewrite-url": "/evil",
  "x-http-method-override": "DELETE",
  "x-request-id": "chosen-by-the-client",
  proxy: "http://evil.example",
}
const KEPT = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-request-id", "host"]

async function ask(trustedProxies: string[], headers: Record<string, string>) {
  const backend = await startBackend()
  const gateway = await startGateway({ apiUpstreams: [backend.origin], trustedProxies })
  const answer = await sendRequest(`${gateway.origin}/api/x`, { headers })
  return { answer, seen: backend.requests[0]?.headers ?? {} }
}

describe("forwarding headers", () => {
  test("of a peer that is not trusted are replaced by what the gateway knows itself", async () => {
    const { answer, seen } = await ask(["192.0.2.0/24"], CLAIMS)

    expect(seen).toMatchObject({
      host: "photos.example",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "photos.example",
    })
    expect(seen["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/)
    expect(answer.headers["x-request-id"]).toBe(seen["x-request-id"])
    for (const name of Object.keys(CLAIMS)) if (!KEPT.includes(name)) expect(seen).not.toHaveProperty(name)
    expect(JSON.stringify(seen)).not.toMatch(/6\.6\.6\.6|evil/)
  })

  test("of a trusted proxy name the client, the protocol, the host and the request", async () => {
    const { answer, seen } = await ask(["127.0.0.0/8"], CLAIMS)

    expect(seen).toMatchObject({
      "x-forwarded-for": "6.6.6.6",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example",
      "x-request-id": "chosen-by-the-client",
    })
    expect(answer.headers["x-request-id"]).toBe("chosen-by-the-client")
    for (const name of Object.keys(CLAIMS)) if (!KEPT.includes(name)) expect(seen).not.toHaveProperty(name)
  })

  test.for([
    ["the last address that no trusted proxy has", "6.6.6.6, 203.0.113.7, 10.0.0.9", "203.0.113.7"],
    ["the first, when every hop is trusted", "10.0.0.1, 10.0.0.9", "10.0.0.1"],
    ["the last one readable", "203.0.113.7, nonsense, 10.0.0.9", "10.0.0.9"],
    ["the peer, when there is none", "", "127.0.0.1"],
    ["IPv6", "2001:db8::1", "2001:db8::1"],
    ["IPv4 written as IPv6", "::ffff:203.0.113.7", "203.0.113.7"],
  ] as const)("of a chain of proxies: the client is %s", async ([, chain, client]) => {
    const { seen } = await ask(["127.0.0.1", "10.0.0.0/8"], { "x-forwarded-for": chain })

    expect(seen["x-forwarded-for"]).toBe(client)
  })

  test.for([
    ["protocol", { "x-forwarded-proto": "javascript" }, { "x-forwarded-proto": "http" }],
    [
      "host",
      { "x-forwarded-host": "a.example/path", host: "b.example" },
      { "x-forwarded-host": "b.example" },
    ],
  ] as const)("of a trusted proxy are still checked: %s", async ([, sent, expected]) => {
    const { seen } = await ask(["127.0.0.1"], sent)

    expect(seen).toMatchObject(expected)
  })

  test("of a trusted proxy: a request id with odd characters is replaced", async () => {
    const { seen } = await ask(["127.0.0.1"], { "x-request-id": 'a"b\\c{}$(x)' })

    expect(seen["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/)
  })
})

test("every answer of the gateway itself bears a request id", async () => {
  const gateway = await startGateway()

  for (const path of ["/health/live", "/api/x", "/nowhere", "/media/x", "/api/%00"]) {
    expect((await sendRequest(gateway.origin + path)).headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/)
  }
})

test.for(["10.0.0.0/33", "nonsense", "10.0.0.0/", "::1/129", "10.0.0.0/-1"])(
  "a range that is none stops the start: %s",
  (range) => {
    expect(() => addressTest([range], "TRUSTED_PROXIES")).toThrow(/TRUSTED_PROXIES/)
  },
)
