import { once } from "node:events"
import { createServer } from "node:net"
import { expect, onTestFinished, test, vi } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { connectRaw } from "../testing/raw-client.ts"
import { startRawReplica } from "../testing/raw-replica.ts"
import { startGateway } from "../testing/start-gateway.ts"
import { PlainConnections } from "./plain-connections.ts"

const HOST = "Host: localhost\r\n"
const get = (path: string) => `GET /api/${path} HTTP/1.1\r\n${HOST}\r\n`
const post = (path: string, body: string) =>
  `POST /api/${path} HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n${body}`

/** Answers with the request's path, in any number of pieces. */
const startEcho = () =>
  startBackend((req, res) => {
    req.resume().once("end", () => res.end(`[${req.method} ${req.url}]`))
  })

async function connectTo(origin: string) {
  const gateway = await startGateway({ apiUpstreams: [origin] })
  return connectRaw(gateway.port)
}

const answersIn = (text: string) => text.match(/\[[^\]]*\]/g) ?? []

test("requests of every kind follow each other on one connection", async () => {
  const backend = await startEcho()
  const client = await connectTo(backend.origin)
  const asked: string[] = []
  for (const [text, answer] of [
    [get("1"), "[GET /api/1]"],
    [get("2"), "[GET /api/2]"],
    [post("3", "body"), "[POST /api/3]"],
    [get("4"), "[GET /api/4]"],
  ] as const) {
    client.write(text)
    asked.push(answer)
    await vi.waitFor(() => expect(answersIn(client.received())).toEqual(asked))
  }
})

test.each([
  ["at once", 1],
  ["in two pieces", 2],
  ["in as many pieces as bytes", Number.POSITIVE_INFINITY],
])("a head and a request with a body behind it arrive %s", async (_how, pieces) => {
  const backend = await startEcho()
  const client = await connectTo(backend.origin)
  const text = get("first") + post("second", "the body") + get("third")
  const size = Math.ceil(text.length / Math.min(pieces, text.length))
  for (let at = 0; at < text.length; at += size) {
    client.write(text.slice(at, at + size))
    await new Promise((resolve) => setImmediate(resolve))
  }

  await vi.waitFor(() => expect(answersIn(client.received())).toHaveLength(3))
  expect(answersIn(client.received())).toEqual(["[GET /api/first]", "[POST /api/second]", "[GET /api/third]"])
})

test("what comes while an answer is under way is answered after it, in order", async () => {
  const waiting: (() => void)[] = []
  const backend = await startBackend((req, res) => {
    waiting.push(() => res.end(`[${req.method} ${req.url}]`))
  })
  const client = await connectTo(backend.origin)
  client.write(get("1"))
  await vi.waitFor(() => expect(waiting).toHaveLength(1))
  client.write(get("2") + post("3", "body"))
  for (let turn = 0; turn < 3; turn++) {
    await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(turn))
    waiting[turn]?.()
  }

  await vi.waitFor(() => expect(answersIn(client.received())).toHaveLength(3))
  expect(answersIn(client.received())).toEqual(["[GET /api/1]", "[GET /api/2]", "[POST /api/3]"])
})

test("HEAD and 304 have no body, and the connection goes on", async () => {
  const backend = await startBackend((req, res) => {
    if (req.url === "/api/304") res.writeHead(304, { etag: '"1"' }).end()
    else res.writeHead(200, { "content-length": 4 }).end("body")
  })
  const client = await connectTo(backend.origin)
  client.write(`HEAD /api/ HTTP/1.1\r\n${HOST}\r\n`)
  await vi.waitFor(() => expect(client.received()).toMatch(/content-length: 4\r\n(?:.|\s)*\r\n\r\n$/))
  client.write(get("304"))
  await vi.waitFor(() => expect(client.received()).toMatch(/HTTP\/1\.1 304 (?:.|\s)*\r\n\r\n$/))
  client.write(get("200"))
  await vi.waitFor(() => expect(client.received()).toMatch(/\r\n\r\nbody$/))

  expect(client.received()).not.toContain("transfer-encoding")
  expect(client.received().match(/^date: /gm)).toHaveLength(3)
})

test("a body of unknown length comes in chunks, each as it arrives", async () => {
  let more: (text: string) => void = () => {}
  const backend = await startBackend((_req, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" })
    more = (text) => (text === "" ? res.end() : res.write(text))
    more("one")
  })
  const client = await connectTo(backend.origin)
  client.write(get("stream"))
  await vi.waitFor(() => expect(client.received()).toMatch(/\r\n\r\n3\r\none\r\n$/))
  more("three")
  await vi.waitFor(() => expect(client.received()).toMatch(/3\r\none\r\n5\r\nthree\r\n$/))
  more("")
  await vi.waitFor(() => expect(client.received()).toMatch(/5\r\nthree\r\n0\r\n\r\n$/))
  expect(client.received()).toContain("transfer-encoding: chunked\r\n")
})

test("an answer that breaks off ends in a reset, and none follows it", async () => {
  const replica = await startRawReplica()
  replica.next = { bytes: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", cut: true }
  const client = await connectTo(replica.origin)
  client.write(get("1") + get("2"))

  expect(await client.closed).toBe("reset")
  expect(client.received().match(/HTTP\/1\.1/g) ?? []).toHaveLength(client.received() === "" ? 0 : 1)
})

test("a client that leaves ends its request at the replica", async () => {
  let isGone = false
  const backend = await startBackend((req) => {
    req.once("close", () => {
      isGone = true
    })
  })
  const client = await connectTo(backend.origin)
  client.write(get("1"))
  await vi.waitFor(() => expect(backend.requests).toHaveLength(1))
  client.socket.end()

  await vi.waitFor(() => expect(isGone).toBe(true))
})

test("nothing behind a refused request is looked at", async () => {
  const backend = await startEcho()
  const client = await connectTo(backend.origin)
  client.write(`GET /api/%2f HTTP/1.1\r\n${HOST}\r\n`)
  client.write(get("behind"))
  await client.closed

  expect(client.received()).toMatch(/^HTTP\/1\.1 400 /)
  expect(client.received()).toMatch(/\r\nconnection: close\r\n/i)
  expect(backend.requests).toHaveLength(0)
})

test("a head that is too long is refused, whether it comes at once or not", async () => {
  const backend = await startEcho()
  const long = `GET /api/ HTTP/1.1\r\n${HOST}X-Long: ${"a".repeat(20_000)}`
  for (const pieces of [[`${long}\r\n\r\n`], [long.slice(0, 9_000), `${long.slice(9_000)}\r\n\r\n`]]) {
    const client = await connectTo(backend.origin)
    for (const piece of pieces) {
      client.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await client.closed
    expect(client.received()).toMatch(/^HTTP\/1\.1 431 /)
  }
})

test("a body larger than the client takes at once waits for it", async () => {
  const body = Buffer.alloc(8 * 1024 * 1024, "b")
  const backend = await startBackend((_req, res) => {
    res.writeHead(200, { "content-length": body.length }).end(body)
  })
  const client = await connectTo(backend.origin)
  client.socket.pause()
  client.write(get("large"))
  await vi.waitFor(() => expect(backend.requests).toHaveLength(1))
  client.socket.resume()

  await vi.waitFor(() => expect(client.received().length).toBeGreaterThan(body.length), { timeout: 10_000 })
  expect(client.received().split("\r\n\r\n")[1]).toHaveLength(body.length)
})

test("a connection is closed when nothing moves on it while its answer is awaited", async () => {
  const connections = new PlainConnections({
    limits: { maxHeadBytes: 1024, silenceMs: 50 },
    onRequest: () => {},
    onOther: (socket) => socket.destroy(),
  })
  const server = createServer((socket) => connections.take(socket)).listen(0, "127.0.0.1")
  onTestFinished(() => {
    server.close()
  })
  await once(server, "listening")
  const address = server.address()
  const client = await connectRaw(typeof address === "object" ? (address?.port ?? 0) : 0)

  client.write(get("never"))

  await client.closed
  await vi.waitFor(() => expect(connections.size).toBe(0))
})
