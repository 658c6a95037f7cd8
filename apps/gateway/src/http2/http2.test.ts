import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from "node:http2"
import { buffer } from "node:stream/consumers"
import { makeCertificate } from "@tintype/dev"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { type Backend, startBackend } from "../testing/backend.ts"

import { connectFrames, END_HEADERS, END_STREAM, FRAME, fields, frame } from "../testing/h2-frames.ts"
import { startGateway } from "../testing/start-gateway.ts"
import { tempDir } from "../testing/temp-dir.ts"

const NAME = "photos.example"
const MIB = 1024 * 1024
vi.setConfig({ testTimeout: 30_000 })
const soon = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 })

async function start(answer?: Parameters<typeof startBackend>[0]) {
  const own = makeCertificate(await tempDir(), "own", [NAME])
  const backend = await startBackend(answer)
  const { port } = await startGateway({
    apiUpstreams: [backend.origin],
    publicUrl: `https://${NAME}`,
    tls: { certificates: [own], httpPort: undefined, acmeDir: undefined },
  })
  const client = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, servername: NAME })
  client.on("error", () => {})
  onTestFinished(() => client.destroy())
  return { backend, port, client }
}

/** Asks for a path; resolves to the answer, rejects when the stream breaks off. */
async function ask(client: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: Buffer) {
  const stream = client.request({ ":authority": NAME, ":path": "/api/x", ...headers }, { endStream: !body })
  const head = new Promise<Record<string, unknown>>((resolve, reject) => {
    stream
      .once("response", resolve)
      .once("error", reject)
      .once("close", () => reject(new Error("closed")))
  })
  if (body) stream.end(body)
  const { ":status": status, ...rest } = await head
  return { status, headers: rest, body: await buffer(stream) }
}

const pathsOf = ({ requests }: Backend) => requests.map(({ url }) => url)
describe("HTTP/2", () => {
  test("passes through the same policies, many requests at a time on one connection", async () => {
    const { backend, client } = await start()
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => ask(client, { ":path": `/api/${n}`, cookie: "a=1; b=2" })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(backend.requests).toHaveLength(50)
    const { headers, httpVersion } = backend.requests[0] ?? {}
    expect(httpVersion).toBe("1.1")
    expect(headers).toMatchObject({
      host: NAME,
      cookie: "a=1; b=2",
      "x-forwarded-proto": "https",
      via: "2.0 tintype",
    })
    expect(answers.map((each) => each.headers["x-request-id"])).toContain(headers?.["x-request-id"])
    expect(answers[0]?.headers).not.toHaveProperty("connection")
  })

  test.for([
    [308, { ":authority": `www.${NAME}` }],
    [200, { ":method": "HEAD", ":path": "/health/live" }],
    [400, { ":method": "HEAD", "content-length": "3" }],
  ] as const)("a %i without a body arrives, though given at once", async ([status, headers]) => {
    const { client } = await start()
    const body = status === 400 ? Buffer.from("abc") : undefined
    expect((await ask(client, headers, body)).status).toBe(status)
  })

  test("carries bodies both ways, of unknown length as well", async () => {
    const { client } = await start((req, res) => void req.pipe(res))
    const photo = Buffer.alloc(3 * MIB, "photo")
    for (const headers of [{ "content-length": String(photo.length) }, {}]) {
      const { status, body } = await ask(
        client,
        { ...headers, ":method": "POST", ":path": "/api/v2/media" },
        photo,
      )
      expect([status, body.equals(photo)]).toEqual([200, true])
    }
  })

  test("answers HEAD, 304 and refusals without a hitch, and keeps the connection", async () => {
    const { client } = await start((req, res) => {
      if (req.url === "/api/old") res.writeHead(304, { etag: '"a"' }).end()
      else res.writeHead(200, { "content-length": 5 }).end(req.method === "HEAD" ? undefined : "hello")
    })
    expect(await ask(client, { ":method": "HEAD" })).toMatchObject({ status: 200, body: Buffer.alloc(0) })
    expect((await ask(client, { ":path": "/api/old" })).status).toBe(304)
    expect((await ask(client, { ":path": "/api/%00" })).status).toBe(400)
    expect(
      (await ask(client, { ":method": "POST", "content-length": String(2 * MIB) }, Buffer.alloc(2 * MIB)))
        .status,
    ).toBe(413)
    expect((await ask(client, { "x-a_b": "c" })).status).toBe(400)
    expect((await ask(client, {})).body.toString()).toBe("hello")
  })

  test("breaks off what breaks off behind it, without an end that looks like one", async () => {
    const { client } = await start((req, res) => {
      if (req.url !== "/api/broken") return void res.end("whole")
      res.writeHead(200).write("the first part")
      setTimeout(() => req.socket.destroy(), 50)
    })
    await expect(ask(client, { ":path": "/api/broken" })).rejects.toThrow()
    expect((await ask(client, {})).body.toString()).toBe("whole")
  })

  test("takes a request from the replica when its stream is reset", async () => {
    const closed = vi.fn()
    const { backend, client } = await start((_req, res) => void res.on("close", closed))
    const stream = client.request({ ":authority": NAME, ":path": "/api/x" })
    stream.on("error", () => {})
    await soon(() => expect(backend.requests).toHaveLength(1))
    stream.close(8)
    await soon(() => expect(closed).toHaveBeenCalledOnce())
  })
})

describe("what would be read as another request behind the gateway", () => {
  const line = [
    [":method", "GET"],
    [":scheme", "https"],
    [":authority", NAME],
    [":path", "/api/x"],
  ] as const
  const withField = (name: string, value: string) => [...line, [name, value] as const]
  const instead = (name: string, value: string) =>
    line.map(([each, its]) => (each === name ? ([name, value] as const) : ([each, its] as const)))

  test.for([
    ["capitals in a name", withField("X-A", "b")],
    ["a line break in the path", instead(":path", "/api/x HTTP/1.1\r\nhost: evil.example")],
    ["a space in the path", instead(":path", "/api/x HTTP/1.1")],
    ["a line break in the method", instead(":method", "GET /evil HTTP/1.1\r\nx: y")],
    ["a space in the method", instead(":method", "GET /evil")],
    ["a line break in the host", instead(":authority", `${NAME}\r\nx: y`)],
    ["a user in the host", instead(":authority", `a@${NAME}`)],
    ["another host", withField("host", "evil.example")],
    ["a pseudo-header of answers", withField(":status", "200")],
    ["an unknown pseudo-header", withField(":evil", "1")],
    ["a pseudo-header twice", [...line, [":path", "/api/y"] as const]],
    ["a pseudo-header after fields", [["x-a", "b"] as const, ...line]],
    ["no path", line.filter(([name]) => name !== ":path")],
    ["Connection", withField("connection", "close")],
    ["Transfer-Encoding", withField("transfer-encoding", "chunked")],
    ["Keep-Alive", withField("keep-alive", "timeout=5")],
    ["Upgrade", withField("upgrade", "h2c")],
    ["TE", withField("te", "chunked")],
    ["two lengths", [...withField("content-length", "0"), ["content-length", "5"] as const]],
    ["a length that is none", withField("content-length", "+1")],
  ] as const)("is refused: %s", async ([, list]) => {
    const { backend, port } = await start()
    const client = await connectFrames(port)
    client.send(frame(FRAME.headers, END_HEADERS | END_STREAM, 1, fields(list)))
    await soon(() => {
      const answered = client.received.some(({ type, stream, payload }) => {
        if (type === FRAME.goaway) return true
        if (stream !== 1) return false
        // The status as nghttp2 writes it: by the index of 400 in the static table, or in words.
        return (
          type === FRAME.reset || (type === FRAME.headers && (payload[0] === 0x8c || payload.includes("501")))
        )
      })
      expect(answered || client.isClosed).toBe(true)
    })
    expect(backend.requests).toEqual([])
  })

  test.for([
    ["more", "5", "hello, GET /evil"],
    ["less", "50", "hello"],
  ] as const)("is refused: %s of a body than was announced", async ([, length, body]) => {
    const { backend, port } = await start()
    const client = await connectFrames(port)
    const head = [[":method", "POST"] as const, ...line.slice(1), ["content-length", length] as const]
    client.send(frame(FRAME.headers, END_HEADERS, 1, fields(head)))
    client.send(frame(FRAME.data, END_STREAM, 1, Buffer.from(body)))
    await soon(() =>
      expect(
        client.isClosed || client.received.some(({ type }) => type === FRAME.reset || type === FRAME.goaway),
      ).toBe(true),
    )
    expect(backend.complete).toEqual([])
    expect(pathsOf(backend)).not.toContain("/evil")
  })

  test.for([
    ["a line break in a value", "x-a", "b\r\nx-evil: c"],
    ["a bare line feed in a value", "x-a", "b\nGET /evil HTTP/1.1"],
    ["NUL in a value", "x-a", "b\0evil"],
    ["a line break in a name", "x-a\r\nx-evil", "b"],
    ["a colon in a name", "x-evil: b", "c"],
    ["a space in a name", "x-evil b", "c"],
    ["no name", "", "evil"],
  ] as const)("is left out: %s", async ([, name, value]) => {
    const { backend, port } = await start()
    const client = await connectFrames(port)
    client.send(frame(FRAME.headers, END_HEADERS | END_STREAM, 1, fields(withField(name, value))))
    await soon(() => expect(client.received.some(({ stream }) => stream === 1)).toBe(true))
    expect(JSON.stringify(backend.requests.map(({ url, rawHeaders }) => [url, rawHeaders]))).not.toContain(
      "evil",
    )
    expect(backend.requests.length).toBeLessThanOrEqual(1)
  })
})

describe("a connection that wants to wear the gateway out is closed:", () => {
  const head = fields([
    [":method", "GET"],
    [":scheme", "https"],
    [":authority", NAME],
    [":path", "/api/x"],
  ])
  const cancel = Buffer.from([0, 0, 0, 8])

  test("streams opened and reset at once (CVE-2023-44487)", async () => {
    const { backend, port } = await start()
    const client = await connectFrames(port)
    for (let stream = 1; stream < 4_000 && !client.isClosed; stream += 2) {
      client.send(
        frame(FRAME.headers, END_HEADERS | END_STREAM, stream, head),
        frame(FRAME.reset, 0, stream, cancel),
      )
      if (stream % 100 === 1) await new Promise(setImmediate)
    }
    await client.closed
    expect(backend.requests.length).toBeLessThan(1_000)
  })

  test("streams that it has the gateway reset (CVE-2025-8671)", async () => {
    const { port } = await start()
    const client = await connectFrames(port)
    const bad = fields([
      [":method", "GET"],
      [":scheme", "https"],
      [":authority", NAME],
      [":path", "/api/x"],
      ["host", "evil.example"],
    ])
    const resets = () => client.received.filter(({ type }) => type === FRAME.reset).length
    // Each time as many as may be open at once, so that nothing else is wrong with it.
    for (let batch = 0; batch < 10 && !client.isClosed; batch++) {
      const ids = Array.from({ length: 50 }, (_, n) => 100 * batch + 2 * n + 1)
      client.send(...ids.map((id) => frame(FRAME.headers, END_HEADERS | END_STREAM, id, bad)))
      await soon(() => expect(client.isClosed || resets() >= 50 * (batch + 1)).toBe(true))
    }
    expect(client.isClosed).toBe(true)
    await client.closed
    expect(client.isClosed).toBe(true)
  })

  test("headers without an end", async () => {
    const { port } = await start()
    const client = await connectFrames(port)
    client.send(frame(FRAME.headers, 0, 1, head))
    const more = fields([["x-a", "b".repeat(1_000)]])
    for (let n = 0; n < 200 && !client.isClosed; n++) {
      client.send(frame(FRAME.continuation, 0, 1, more))
      await new Promise(setImmediate)
    }
    await client.closed
    expect(client.isClosed).toBe(true)
  })

  test("pings and settings whose answers it does not read", async () => {
    const { port } = await start()
    const client = await connectFrames(port)
    const many = Buffer.concat(
      Array.from({ length: 2_000 }, () => frame(FRAME.settings, 0, 0, Buffer.from([0, 4, 0, 1, 0, 0]))),
    )
    for (let n = 0; n < 50 && !client.isClosed; n++) {
      client.send(many)
      await new Promise(setImmediate)
    }
    await client.closed
    expect(client.isClosed).toBe(true)
  })
})

test("headers of more than 16 KiB, and more than 100, are refused; the others of the connection go on", async () => {
  const { backend, client } = await start()
  expect((await ask(client, { "x-a": "b".repeat(20_000) })).status).toBe(431)
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`x-${n}`, "1"]))
  expect((await ask(client, many)).status).toBe(431)
  expect((await ask(client, {})).status).toBe(200)
  expect(backend.requests).toHaveLength(1)
})

test("no more than a hundred streams at a time", async () => {
  const { backend, client } = await start(() => {})
  await new Promise((resolve) => client.once("remoteSettings", resolve))
  expect(client.remoteSettings.maxConcurrentStreams).toBe(100)
  expect(backend.requests).toHaveLength(0)
})
