import type { Socket } from "node:net"
import { describe, expect, test, vi } from "vitest"
import { echo, startBackend } from "../testing/backend.ts"
import { connectRaw } from "../testing/raw-client.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"
import { untilStill } from "../testing/until-still.ts"

const HOST = "Host: photos.example\r\n"
const POSTS = "/api/v1/statuses"
/** Nothing listens there. */
const NOWHERE = "http://127.0.0.1:9"

describe("a replica that cannot be reached", () => {
  test("costs nobody an answer while another one can", async () => {
    const backend = await startBackend()
    const gateway = await startGateway({ apiUpstreams: [NOWHERE, backend.origin] })

    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        sendRequest(`${gateway.origin}/api/${n}`, n % 2 ? { method: "POST", body: "x".repeat(n) } : {}),
      ),
    )

    expect(answers.map((each) => each.status)).toEqual(Array(40).fill(200))
    expect(backend.complete).toHaveLength(40)
  })

  test("and no other one: 503, when to come back, and the tier's name on /health", async () => {
    const gateway = await startGateway({ apiUpstreams: [NOWHERE] })

    const answer = await sendRequest(`${gateway.origin}/api/x`)
    const health = await sendRequest(`${gateway.origin}/health`)
    const live = await sendRequest(`${gateway.origin}/health/live`)

    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "1" } })
    expect(answer.json()).toEqual({ error: expect.any(String) })
    expect(health.status).toBe(503)
    expect(health.json()).toMatchObject({ status: "unavailable", tier: "api" })
    expect(live.json()).toEqual({ status: "ok" })
  })

  test("is used again once it is back", async () => {
    const first = await startBackend()
    const gateway = await startGateway({ apiUpstreams: [first.origin] })
    expect((await sendRequest(`${gateway.origin}/api/x`)).status).toBe(200)
    await first.stop()
    expect((await sendRequest(`${gateway.origin}/api/x`)).status).toBe(503)
    await startBackend(undefined, first.port)

    await vi.waitFor(async () => expect((await sendRequest(`${gateway.origin}/api/x`)).status).toBe(200), {
      timeout: 5_000,
    })
  })
})

test("the only replica is waited for when it takes no connection any more: it may finish what it has", async () => {
  const held: (() => void)[] = []
  const backend = await startBackend((_req, res) => void held.push(() => res.end("late")))
  const gateway = await startGateway({ apiUpstreams: [backend.origin] })
  const late = sendRequest(`${gateway.origin}/api/x`)
  await vi.waitFor(() => expect(held).toHaveLength(1))

  backend.shut()
  // Once it is known to be gone nothing more is sent to it.
  await vi.waitFor(async () => expect((await sendRequest(`${gateway.origin}/api/y`)).status).toBe(503), {
    timeout: 5_000,
  })
  held[0]?.()

  expect(await late).toMatchObject({ status: 200 })
})

describe("a replica that breaks off before it answers", () => {
  const pair = async () => {
    const broken = await startBackend((req) => {
      req.socket.destroy()
    })
    const sound = await startBackend()
    const gateway = await startGateway({ apiUpstreams: [broken.origin, sound.origin] })
    return { broken, sound, gateway }
  }

  test.for([
    ["a read", "GET", "/api/x", {}],
    ["a keyed write without a body", "POST", POSTS, { "idempotency-key": "k", "content-length": "0" }],
    ["a keyed write with a small body", "POST", POSTS, { "idempotency-key": "k" }, "x".repeat(10_000)],
    ["a write of which twice is like once", "POST", `${POSTS}/12/favourite`, {}, "{}"],
  ] as const)("loses no answer to %s: another replica gives it", async ([, method, path, headers, body]) => {
    const { broken, sound, gateway } = await pair()

    for (let n = 0; n < 12; n++) {
      const asked = { method, headers, ...(body && { body }) }
      expect(await sendRequest(gateway.origin + path, asked)).toMatchObject({ status: 200 })
    }

    expect(broken.requests.length).toBeGreaterThan(0)
    expect(sound.complete).toHaveLength(12)
  })

  test.for([
    ["a write", POSTS, {}, 1_000],
    ["a keyed write of which some was sent", POSTS, { "idempotency-key": "k" }, 100_000],
    ["a write of which the api knows no key", "/api/v1/apps", { "idempotency-key": "k" }, 1_000],
    [
      "an upload's retry, for which a key says nothing",
      "/api/tintype/v1/media/1/retry",
      { "idempotency-key": "k" },
      10,
    ],
    ["a write of which the key says nothing", "/oauth/token", { "idempotency-key": "k" }, 1_000],
  ] as const)("is not followed by another one for %s", async ([, path, headers, size]) => {
    const { broken, sound, gateway } = await pair()

    const statuses = new Set<number>()
    for (let n = 0; n < 12; n++) {
      const asked = { method: "POST", headers, body: "x".repeat(size) }
      statuses.add((await sendRequest(gateway.origin + path, asked)).status)
    }

    expect([...statuses].sort()).toEqual([200, 502])
    expect(broken.requests.length + sound.requests.length).toBe(12)
  })
})

test("an upload, which cannot be sent twice, gets a connection that nobody may be about to close", async () => {
  const used = new WeakSet<Socket>()
  const backend = await startBackend((req, res) => {
    // As a replica does whose patience with an idle connection ends just when it is used again.
    if (used.has(req.socket)) req.socket.resetAndDestroy()
    used.add(req.socket)
    echo(req, res)
  })
  const gateway = await startGateway({ apiUpstreams: [backend.origin] })

  for (let n = 0; n < 3; n++) {
    const upload = { method: "POST", body: "x".repeat(200_000) }
    expect(await sendRequest(`${gateway.origin}/api/v2/media`, upload)).toMatchObject({ status: 200 })
  }
})

describe("an answer that breaks off half way", () => {
  test.for([
    ["of known length", { "content-length": "1000" }, "HTTP/1.1"],
    ["in chunks", {}, "HTTP/1.1"],
    ["in chunks, to a client that reads to the end of the connection", {}, "HTTP/1.0"],
  ] as const)("never looks complete: %s", async ([, headers, version]) => {
    let cut = () => {}
    const backend = await startBackend((req, res) => {
      res.writeHead(200, headers).write("the first part")
      cut = () => req.socket.destroy()
    })
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })
    const client = await connectRaw(gateway.port)
    client.write(`GET /api/x ${version}\r\n${HOST}\r\n`)
    await vi.waitFor(() => expect(client.received()).toContain("the first part"))

    cut()

    expect(await client.closed).toBe("reset")
    expect(client.received()).not.toContain("\r\n0\r\n")
    expect(backend.requests).toHaveLength(1)
  })
})

describe("a client that leaves", () => {
  test("half way through its upload takes the request to the replica with it", async () => {
    const aborted = vi.fn()
    const backend = await startBackend((req) => {
      req.resume().on("aborted", aborted)
      req.on("error", () => {})
    })
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })
    const client = await connectRaw(gateway.port)
    client.write(`POST /api/v2/media HTTP/1.1\r\n${HOST}Content-Length: 100000\r\n\r\nsome of it`)
    await vi.waitFor(() => expect(backend.requests).toHaveLength(1))

    client.socket.destroy()

    await vi.waitFor(() => expect(aborted).toHaveBeenCalledOnce())
    expect(backend.complete).toEqual([])
  })

  test("while it waits for an answer frees the replica", async () => {
    const closed = vi.fn()
    const backend = await startBackend((_req, res) => {
      res.on("close", closed)
    })
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })
    const client = await connectRaw(gateway.port)
    client.write(`GET /api/x HTTP/1.1\r\n${HOST}\r\n`)
    await vi.waitFor(() => expect(backend.requests).toHaveLength(1))

    client.socket.destroy()

    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce())
  })
})

test("an answer that comes before the upload is over reaches the client, and the connection lives on", async () => {
  const answers: (() => void)[] = []
  const backend = await startBackend((_req, res) => {
    answers.push(() => res.writeHead(401, { "content-length": 2 }).end("no"))
  })
  const gateway = await startGateway({ apiUpstreams: [backend.origin], uploadMaxBytes: 256 * 1024 ** 2 })
  const client = await connectRaw(gateway.port)
  const size = 64 * 1024 ** 2
  client.write(`POST /api/v2/media HTTP/1.1\r\n${HOST}Content-Length: ${size}\r\n\r\n`)
  let taken = 0
  for (let left = size; left > 0; left -= 1024 ** 2)
    client.socket.write(Buffer.alloc(1024 ** 2), () => taken++)
  // The replica does not read, so the gateway does not either: the answer comes while everything stands still.
  await untilStill(() => taken)
  expect(taken).toBeLessThan(64)

  answers[0]?.()
  await vi.waitFor(() => expect(client.received()).toMatch(/^HTTP\/1\.1 401 [\s\S]*\r\n\r\nno$/))
  await vi.waitFor(() => expect(taken).toBe(64), { timeout: 10_000 })
  client.write(`GET /api/next HTTP/1.1\r\n${HOST}\r\n`)

  await vi.waitFor(() =>
    expect(backend.requests.map((each) => each.url)).toEqual(["/api/v2/media", "/api/next"]),
  )
})
