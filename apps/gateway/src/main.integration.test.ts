import { request } from "node:http"
import { expect, test, vi } from "vitest"
import { echo, startBackend } from "./testing/backend.ts"
import { connectRaw } from "./testing/raw-client.ts"
import { sendRequest } from "./testing/send-request.ts"
import { spawnGateway } from "./testing/spawn-gateway.ts"

const MIB = 1024 * 1024
const HOST = "Host: photos.example\r\n"
/** What the log says of connections that are not closed in good order. */
const CUTTING = "cutting connections that outlast the drain"

test("SIGTERM: requests in flight finish, their connections close, no new one is taken, the process ends", async () => {
  const held: (() => void)[] = []
  const backend = await startBackend((req, res) => {
    if (req.url === "/api/slow") held.push(() => res.end("late"))
    else echo(req, res)
  })
  const gateway = await spawnGateway({ API_UPSTREAMS: backend.origin })
  const idle = await connectRaw(gateway.port)
  idle.write(`GET /api/x HTTP/1.1\r\n${HOST}\r\n`)
  await vi.waitFor(() => expect(idle.received()).toMatch(/ 200 OK/))
  const slow = sendRequest(`${gateway.origin}/api/slow`, { headers: { connection: "keep-alive" } })
  const upload = await connectRaw(gateway.port)
  upload.write(`POST /api/v2/media HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nfirst`)
  await vi.waitFor(() => expect(backend.requests).toHaveLength(3))

  gateway.child.kill("SIGTERM")
  expect(await idle.closed).toBe("end")
  // Reset instead of refused: it had reached the kernel's queue when the listener closed, and was never taken.
  await expect(sendRequest(`${gateway.origin}/api/x`)).rejects.toThrow(/ECONNREFUSED|ECONNRESET/)
  held[0]?.()
  upload.write("later")

  expect(await slow).toMatchObject({ status: 200, headers: { connection: "close" } })
  await upload.closed
  expect(upload.received()).toMatch(/^HTTP\/1\.1 200 [\s\S]*connection: close/i)
  expect(await gateway.exited).toBe(0)
})

test("SIGTERM: a request on a connection that was idle is answered yet, and is its last", async () => {
  const backend = await startBackend()
  const gateway = await spawnGateway({ API_UPSTREAMS: backend.origin })
  const client = await connectRaw(gateway.port)
  client.write(`GET /api/x HTTP/1.1\r\n${HOST}\r\n`)
  await vi.waitFor(() => expect(client.received()).toMatch(/ 200 OK/))

  gateway.child.kill("SIGTERM")
  await vi.waitFor(() => expect(gateway.lines.map(({ msg }) => msg)).toContain("draining"))
  client.write(`GET /api/x HTTP/1.1\r\n${HOST}\r\n`)

  expect(await client.closed).toBe("end")
  expect(client.received()).toMatch(/ 200 OK[\s\S]* 200 OK[\s\S]*connection: close/i)
  expect(await gateway.exited).toBe(0)
})

test("SIGTERM: a stream without an end is ended, in a way that a client takes for one", async () => {
  const backend = await startBackend((_req, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" }).write(":\n\n")
  })
  const gateway = await spawnGateway({ API_UPSTREAMS: backend.origin, DRAIN_SECONDS: "4" })
  const client = await connectRaw(gateway.port)
  client.write(`GET /api/v1/streaming HTTP/1.1\r\n${HOST}\r\n`)
  await vi.waitFor(() => expect(client.received()).toContain(":\n\n"))

  gateway.child.kill("SIGTERM")

  expect(await client.closed).toBe("end")
  expect(client.received()).toMatch(/\r\n0\r\n\r\n$/)
  expect(await gateway.exited).toBe(0)
  expect(gateway.lines.map(({ msg }) => msg)).not.toContain(CUTTING)
})

test("SIGTERM: what outlasts the time is cut, and the process still ends well", async () => {
  const backend = await startBackend(() => {})
  const gateway = await spawnGateway({ API_UPSTREAMS: backend.origin, DRAIN_SECONDS: "1" })
  const client = await connectRaw(gateway.port)
  client.write(`GET /api/x HTTP/1.1\r\n${HOST}\r\n`)
  await vi.waitFor(() => expect(backend.requests).toHaveLength(1))

  gateway.child.kill("SIGTERM")

  await client.closed
  expect(await gateway.exited).toBe(0)
  expect(gateway.lines.map(({ msg }) => msg)).toContain(CUTTING)
})

test("the access log has a line for every request, and nothing in it that opens a door", async () => {
  const backend = await startBackend()
  const gateway = await spawnGateway({ API_UPSTREAMS: backend.origin })

  const answer = await sendRequest(`${gateway.origin}/api/v1/x?access_token=canary`, {
    headers: { authorization: "Bearer canary", cookie: "session=canary", "user-agent": "tests/1" },
  })
  await sendRequest(`${gateway.origin}/media/1999999999/canarycanarycanarycan/1/2/3/640.jpg?canary`)
  await sendRequest(`${gateway.origin}/api/%00?canary`)

  const logged = () => gateway.lines.filter((each) => each.msg === "request")
  await vi.waitFor(() => expect(logged()).toHaveLength(3))
  expect(logged()[0]).toMatchObject({
    level: 30,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    service: "gateway",
    pid: gateway.child.pid,
    method: "GET",
    path: "/api/v1/x",
    status: 200,
    ms: expect.any(Number),
    bytes: expect.any(Number),
    replica: new URL(backend.origin).host,
    replicaMs: expect.any(Number),
    client: "127.0.0.1",
    protocol: "HTTP/1.1",
    agent: "tests/1",
    cache: "miss",
    attempts: 1,
    requestId: answer.headers["x-request-id"],
  })
  expect(logged()[1]).toMatchObject({ path: "/media/1999999999/-/1/2/3/640.jpg", status: 404 })
  expect(logged()[2]).toMatchObject({ path: "/api/%00", status: 400, refusal: expect.any(String) })
  expect(JSON.stringify(gateway.lines)).not.toContain("canary")
})

test("SIGTERM: every request that was answered has its line in the access log", async () => {
  const backend = await startBackend()
  const gateway = await spawnGateway({ API_UPSTREAMS: backend.origin, DRAIN_SECONDS: "4" })
  const paths = Array.from({ length: 60 }, (_, n) => `/api/x/${n}`)
  await Promise.all(paths.map((each) => sendRequest(gateway.origin + each)))

  gateway.child.kill("SIGTERM")

  expect(await gateway.exited).toBe(0)
  await vi.waitFor(() => {
    const logged = gateway.lines.filter((each) => each.msg === "request").map(({ path }) => path)
    expect(logged.sort()).toEqual(paths.toSorted())
  })
})

test("whatever a client sends, its line in the access log is one line of JSON that tells it", async () => {
  const backend = await startBackend()
  const gateway = await spawnGateway({ API_UPSTREAMS: backend.origin })
  const agent = `"},"status":1 \\ \\" ä\t\u0085\u00ff`
  const client = await connectRaw(gateway.port)

  client.write(`GET /api/"|x HTTP/1.1\r\n${HOST}User-Agent: ${agent}\r\n\r\n`)

  const logged = () => gateway.lines.find((each) => each.msg === "request")
  expect(await vi.waitUntil(logged)).toMatchObject({ path: '/api/"|x', agent, status: 200 })
})

test("of a sample of none, only what failed on the server is logged", async () => {
  const backend = await startBackend((req, res) => {
    if (req.url === "/api/broken") res.writeHead(500).end()
    else echo(req, res)
  })
  const gateway = await spawnGateway({ API_UPSTREAMS: backend.origin, ACCESS_LOG_PERCENT: "0" })
  for (const path of ["/api/x", "/nowhere", "/api/broken"]) await sendRequest(gateway.origin + path)
  const logged = () => gateway.lines.filter((each) => each.msg === "request").map(({ path }) => path)
  await vi.waitFor(() => expect(logged()).toEqual(["/api/broken"]))
})

test.runIf(process.platform === "linux")(
  "twenty uploads of 30 MB at once need less than 200 MB more than none",
  async () => {
    const backend = await startBackend((req, res) => {
      // Slower than the clients, so that whatever is buffered on the way would pile up.
      let received = 0
      req.on("data", (chunk: Buffer) => {
        received += chunk.length
        req.pause()
        setImmediate(() => req.resume())
      })
      req.on("end", () => res.end(String(received)))
    })
    const gateway = await spawnGateway({ API_UPSTREAMS: backend.origin })
    await sendRequest(`${gateway.origin}/api/x`)
    const idle = gateway.memory().resident

    const answers = await Promise.all(Array.from({ length: 20 }, () => upload(gateway.origin, 30 * MIB)))

    expect(answers).toEqual(Array(20).fill(String(30 * MIB)))
    expect(gateway.memory().peak - idle).toBeLessThan(200)
  },
  60_000,
)

/** Posts `size` bytes of a photo as fast as they are taken; returns the answer's text. */
function upload(origin: string, size: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const req = request(`${origin}/api/v2/media`, {
      method: "POST",
      headers: { "content-length": size },
      agent: false,
    })
    req.on("error", reject).on("response", (res) => {
      let text = ""
      res.setEncoding("utf8").on("data", (part: string) => {
        text += part
      })
      res.on("end", () => resolve(text))
    })
    const piece = Buffer.alloc(MIB)
    let left = size
    const more = () => {
      while (left > 0) {
        left -= piece.length
        if (!req.write(piece)) {
          req.once("drain", more)
          return
        }
      }
      req.end()
    }
    more()
  })
}
