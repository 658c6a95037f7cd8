import { describe, expect, test, vi } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { connectRaw, sendRaw } from "../testing/raw-client.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"
import { untilStill } from "../testing/until-still.ts"

const HOST = "Host: photos.example\r\n"

describe("a forwarded request", () => {
  test("arrives with method, target, Host, headers and body as they were sent", async () => {
    const bodies: string[] = []
    const backend = await startBackend((req, res) => {
      req.setEncoding("utf8").on("data", (text: string) => bodies.push(text))
      req.on("end", () => res.writeHead(201, { "x-answer": "yes", "set-cookie": ["a=1", "b=2"] }).end("made"))
    })
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })

    const answer = await sendRequest(`${gateway.origin}/api/v1/statuses?limit=2&x=%20`, {
      method: "POST",
      headers: { host: "photos.example:8080", "content-type": "text/plain", "x-custom": "kept" },
      body: "hello",
    })

    expect(answer).toMatchObject({
      status: 201,
      headers: { "x-answer": "yes", "set-cookie": ["a=1", "b=2"] },
    })
    expect(answer.body.toString()).toBe("made")
    expect(bodies).toEqual(["hello"])
    expect(backend.requests[0]).toMatchObject({
      method: "POST",
      url: "/api/v1/statuses?limit=2&x=%20",
      headers: { host: "photos.example:8080", "content-type": "text/plain", "x-custom": "kept" },
    })
  })

  test.for(["/api", "/api/v1/x", "/oauth/token", "/.well-known/webfinger", "/nodeinfo/2.0", "/health"])(
    "goes to the api for %s",
    async (path) => {
      const backend = await startBackend()
      const gateway = await startGateway({ apiUpstreams: [backend.origin] })

      expect(await sendRequest(gateway.origin + path)).toMatchObject({ status: 200 })
      expect(backend.requests.map((each) => each.url)).toEqual([path])
    },
  )

  test.for(["/", "/apis", "/oauthx", "/health/live", "/health/ready", "/media/x", "/%61pi/v1/x"])(
    "stays away from the api for %s",
    async (path) => {
      const backend = await startBackend()
      const gateway = await startGateway({ apiUpstreams: [backend.origin] })

      await sendRequest(gateway.origin + path)
      expect(backend.requests).toEqual([])
    },
  )

  test.for([
    ["GET", 303],
    ["POST", 200],
    ["DELETE", 202],
  ] as const)("gets an answer without a byte of body to %s at once", async ([method, status]) => {
    const backend = await startBackend((req, res) => {
      req.resume()
      res.writeHead(status, { "content-length": 0, location: "/oauth/page" }).end()
    })
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })

    const answer = await sendRequest(`${gateway.origin}/oauth/authorize`, { method })
    expect(answer).toMatchObject({ status, headers: { "content-length": "0", location: "/oauth/page" } })
  })

  test("gets its answer to HEAD without a body and with the length", async () => {
    const backend = await startBackend()
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })

    const answer = await sendRequest(`${gateway.origin}/api/x`, { method: "HEAD" })

    expect(Number(answer.headers["content-length"])).toBeGreaterThan(0)
    expect(answer.body).toHaveLength(0)
  })

  test("shares its connection with the next one", async () => {
    const backend = await startBackend()
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })
    const client = await connectRaw(gateway.port)

    for (const n of [1, 2, 3]) {
      client.write(`GET /api/${n} HTTP/1.1\r\n${HOST}\r\n`)
      await vi.waitFor(() => expect(client.received().match(/HTTP\/1\.1 200/g)).toHaveLength(n))
    }

    expect(backend.sockets.size).toBeLessThanOrEqual(2)
  })

  test("answers pipelined requests in their order", async () => {
    const backend = await startBackend((req, res) => {
      const answer = () => res.end(`<${req.url}>`)
      if (req.url === "/api/1") setImmediate(() => setImmediate(answer))
      else answer()
    })
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })

    const answer = await sendRaw(
      gateway.port,
      `GET /api/1 HTTP/1.1\r\n${HOST}\r\nGET /api/2 HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
    )

    expect(answer.match(/<[^>]+>/g)).toEqual(["</api/1>", "</api/2>"])
  })
})

test("a replica learns how long it has, from the gateway alone", async () => {
  const backend = await startBackend()
  const gateway = await startGateway({ apiUpstreams: [backend.origin] })
  const headers = { "x-request-timeout-ms": "1" }

  await sendRequest(`${gateway.origin}/api/x`, { headers })
  await sendRequest(`${gateway.origin}/api/x`, { headers, method: "POST", body: "x" })

  const told = backend.requests.map((each) => Number(each.headers["x-request-timeout-ms"]))
  expect(told[0]).toBeGreaterThan(10_000)
  expect(told[0]).toBeLessThanOrEqual(15_000)
  expect(told[1]).toBeGreaterThan(50_000)
  expect(told[1]).toBeLessThanOrEqual(60_000)
})

describe("connection headers", () => {
  test("go no further than one connection, in both directions", async () => {
    const backend = await startBackend((_req, res) => {
      res.writeHead(200, {
        connection: "x-secret, keep-alive",
        "x-secret": "1",
        "proxy-authenticate": "Basic",
      })
      res.end("ok")
    })
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })

    const answer = await sendRaw(
      gateway.port,
      `GET /api/x HTTP/1.1\r\n${HOST}Connection: close, X-Mine\r\nX-Mine: 1\r\nTE: trailers\r\nKeep-Alive: 5\r\n` +
        "Proxy-Authorization: Basic eA==\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\nX-Kept: 1\r\n\r\n",
    )

    const seen = backend.requests[0]?.headers ?? {}
    for (const name of ["x-mine", "te", "keep-alive", "proxy-authorization", "upgrade", "http2-settings"]) {
      expect(seen).not.toHaveProperty(name)
    }
    expect(seen["x-kept"]).toBe("1")
    expect(answer.toLowerCase()).not.toMatch(/x-secret|proxy-authenticate/)
  })

  test("name the gateway in Via, after those before it", async () => {
    const backend = await startBackend()
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })

    const answer = await sendRequest(`${gateway.origin}/api/x`, { headers: { via: "1.0 before" } })

    expect(backend.requests[0]?.headers.via).toBe("1.0 before, 1.1 tintype")
    expect(answer.headers.via).toBe("1.1 tintype")
  })
})

describe("a body on its way", () => {
  test("comes through piece by piece, as an event stream needs it", async () => {
    let push: (text: string) => void = () => {}
    const backend = await startBackend((_req, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" })
      push = (text) => res.write(text)
      push(":thump\n\n")
    })
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })
    const client = await connectRaw(gateway.port)

    client.write(`GET /api/v1/streaming/user HTTP/1.1\r\n${HOST}\r\n`)
    await vi.waitFor(() => expect(client.received()).toContain(":thump"))
    push("event: update\n\n")
    await vi.waitFor(() => expect(client.received()).toContain("event: update"))

    client.socket.destroy()
    await vi.waitFor(() => expect([...backend.sockets].length).toBeLessThanOrEqual(1))
  })

  test("is not read faster than the replica takes it", async () => {
    const backend = await startBackend((req) => {
      req.pause()
    })
    const gateway = await startGateway({ apiUpstreams: [backend.origin], uploadMaxBytes: 1024 ** 3 })
    const client = await connectRaw(gateway.port)
    client.write(`POST /api/v2/media HTTP/1.1\r\n${HOST}Content-Length: ${512 * 1024 ** 2}\r\n\r\n`)

    // What is on the way is then in the sockets' buffers alone.
    const piece = Buffer.alloc(1024 ** 2)
    let taken = 0
    for (let n = 0; n < 128; n++) client.socket.write(piece, () => taken++)

    await untilStill(() => taken)
    expect(taken).toBeLessThan(64)
  })

  test("is not fetched faster than the client takes it", async () => {
    let written = 0
    const backend = await startBackend((_req, res) => {
      const piece = Buffer.alloc(1024 ** 2)
      const more = () => {
        while (written < 512) {
          written++
          if (!res.write(piece)) return
        }
        res.end()
      }
      res.on("drain", more)
      more()
    })
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })
    const client = await connectRaw(gateway.port)
    client.socket.pause()
    client.write(`GET /api/x HTTP/1.1\r\n${HOST}\r\n`)

    await untilStill(() => written)
    expect(written).toBeLessThan(64)
  })
})
