import { IncomingMessage, ServerResponse } from "node:http"
import { Socket } from "node:net"
import { expect, test } from "vitest"
import { newExchange } from "../exchange.ts"
import { fieldsOf, loggedPath } from "./log-access.ts"

function exchangeOf(agent: string) {
  const req = new IncomingMessage(new Socket())
  req.method = "GET"
  req.httpVersion = "1.1"
  req.headers = { "user-agent": agent }
  const exchange = newExchange({ req, res: new ServerResponse(req), body: undefined, awaitsContinue: false })
  exchange.path = "/api/v1/x"
  exchange.client = { address: "192.0.2.1", protocol: "https", host: "photos.example" }
  return exchange
}

const told = (...args: Parameters<typeof fieldsOf>): Record<string, unknown> =>
  JSON.parse(`{${fieldsOf(...args).slice(1)}}`)

const CONCLUSION = { status: 200, left: false, seconds: 0.01234, bytesOut: 1234 }

test("what is known of a request is told in this order, and nothing of what is not", () => {
  const exchange = exchangeOf("toot/1.0")
  exchange.requestId = "00000000-0000-4000-8000-000000000000"
  const { trail } = exchange
  Object.assign(trail, { route: "/api", replica: "127.0.0.1:3000", attempts: 1, replicaMs: 2, cache: "pass" })
  expect(fieldsOf(exchange, CONCLUSION)).toBe(
    ',"requestId":"00000000-0000-4000-8000-000000000000","client":"192.0.2.1","protocol":"HTTP/1.1",' +
      '"scheme":"https","host":"photos.example","method":"GET","path":"/api/v1/x","route":"/api",' +
      '"status":200,"ms":12.3,"bytesIn":0,"bytes":1234,"replica":"127.0.0.1:3000","replicaMs":2,' +
      '"attempts":1,"cache":"pass","agent":"toot/1.0"',
  )
  exchange.traceparent = `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01`
  Object.assign(trail, { replica: undefined, replicaMs: undefined, attempts: 0, cache: undefined })
  trail.refusal = "Not found"
  const fields = told(exchange, CONCLUSION)
  expect(fields).toMatchObject({ traceId: "ab".repeat(16), refusal: "Not found" })
  for (const name of ["replica", "replicaMs", "attempts", "cache"]) expect(fields).not.toHaveProperty(name)
})

test.for([
  'a "quoted" one',
  "back\\slash",
  "line\nbreak",
  "ümlaut",
  "\u0000\u001f\u2028",
  '","status":500,"x":"',
])("what a client sends stays within its quotes: %j", (text) => {
  const exchange = exchangeOf(text)
  exchange.client.host = text
  exchange.path = `/${text}`
  expect(told(exchange, CONCLUSION)).toMatchObject({ agent: text, host: text, path: `/${text}`, status: 200 })
})

test("times are told to a tenth of a millisecond", () => {
  const exchange = exchangeOf("x")
  for (let n = 0; n < 3000; n++) {
    const seconds = n < 1000 ? n / 10_000 : Math.random() * 10 ** (n % 5)
    expect(told(exchange, { ...CONCLUSION, seconds }).ms).toBe(Math.round(seconds * 10_000) / 10)
  }
})

test.for([
  ["/media/public/CeMh2wZBu34fshA12mHCme/1/2/1/w1080.jpg", "/media/public/-/1/2/1/w1080.jpg"],
  ["/media/1790000000/secret", "/media/1790000000/-"],
  ["/media/1790000000/", "/media/1790000000/-"],
  ["/media//secret/x", "/media//-/x"],
  ["/media/public", "/media/public"],
  ["/media/", "/media/"],
  ["/mediae/a/b", "/mediae/a/b"],
  ["/api/x?secret", "/api/x"],
  ["/api/x#secret", "/api/x"],
] as const)("%s is logged as %s", ([path, logged]) => expect(loggedPath(path)).toBe(logged))
