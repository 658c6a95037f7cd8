import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { connectRaw } from "../testing/raw-client.ts"
import { spawnGateway } from "../testing/spawn-gateway.ts"
import { startGateway } from "../testing/start-gateway.ts"

const HANDSHAKE =
  "Host: photos.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n" +
  "X-Forwarded-For: 1.2.3.4\r\n\r\n"

/** A replica that accepts every handshake, tells what it was asked, and then sends back what it gets. */
async function startSpeaker() {
  const joined: Duplex[] = []
  const server = createServer((_req, res) => res.end())
  server.on("upgrade", (req, socket, head) => {
    joined.push(socket)
    socket.on("error", () => {})
    socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n")
    socket.write(`sec-websocket-accept: y\r\n\r\n<${req.url} ${req.headers["x-forwarded-for"]}>`)
    socket.write(head)
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.close()
    for (const each of joined) each.destroy()
  })
  return { joined, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function join(port: number) {
  const client = await connectRaw(port)
  client.write(`GET /api/v1/streaming?stream=user HTTP/1.1\r\n${HANDSHAKE}early `)
  await vi.waitFor(() => expect(client.received()).toMatch(/early $/))
  return client
}

describe("a WebSocket", () => {
  test("passes through, its handshake with the headers that a replica may believe", async () => {
    const replica = await startSpeaker()
    const gateway = await startGateway({ apiUpstreams: [replica.origin] })
    const client = await join(gateway.port)

    client.write("bytes\x00\xff of any kind")

    await vi.waitFor(() => expect(client.received().endsWith("early bytes\x00\xff of any kind")).toBe(true))
    const [head = "", rest = ""] = client.received().split("\r\n\r\n")
    expect(head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/)
    expect(head.toLowerCase()).toContain("sec-websocket-accept: y")
    expect(head.toLowerCase()).toContain("connection: upgrade")
    expect(rest).toMatch(/^<\/api\/v1\/streaming\?stream=user 127\.0\.0\.1>/)
  })

  test("ends on both sides when one leaves", async () => {
    const replica = await startSpeaker()
    const gateway = await startGateway({ apiUpstreams: [replica.origin] })
    const [first, second] = [await join(gateway.port), await join(gateway.port)]

    first.socket.destroy()
    await vi.waitFor(() => expect(replica.joined[0]?.destroyed).toBe(true))
    replica.joined[1]?.destroy()

    await second.closed
  })

  test("is closed when the gateway drains, and logged with its status", async () => {
    const replica = await startSpeaker()
    const gateway = await spawnGateway({ API_UPSTREAMS: replica.origin, DRAIN_SECONDS: "4" })
    const client = await join(gateway.port)

    gateway.child.kill("SIGTERM")

    await client.closed
    expect(await gateway.exited).toBe(0)
    expect(gateway.lines).toContainEqual(
      expect.objectContaining({ msg: "request", status: 101, path: "/api/v1/streaming" }),
    )
    expect(gateway.lines.map(({ msg }) => msg)).not.toContain("cutting connections that outlast the drain")
  })

  test("that a replica does not accept gets that replica's answer", async () => {
    const backend = await startBackend((_req, res) => res.writeHead(401).end("who?"))
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })
    const client = await connectRaw(gateway.port)

    client.write(`GET /api/v1/streaming HTTP/1.1\r\n${HANDSHAKE}`)
    await client.closed

    expect(client.received()).toMatch(/^HTTP\/1\.1 401 [\s\S]*who\?/)
  })

  test.for([
    ["/", "websocket", 501],
    ["/media/x", "websocket", 501],
    ["/api/v1/streaming", "websocket, h2c", 501],
    ["/api/../x", "websocket", 400],
  ] as const)("is refused for %s, Upgrade: %s", async ([path, upgrade, status]) => {
    const backend = await startBackend()
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })
    const client = await connectRaw(gateway.port)

    client.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n`)

    await vi.waitFor(() => expect(client.received()).toMatch(new RegExp(`^HTTP/1.1 ${status} `)))
    expect(backend.requests).toEqual([])
  })
})
