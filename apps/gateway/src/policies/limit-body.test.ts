import { describe, expect, test, vi } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { connectRaw } from "../testing/raw-client.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"

const MIB = 1024 * 1024
const HOST = "Host: photos.example\r\n"
const UPLOAD_MAX = 4 * MIB

async function start() {
  const backend = await startBackend()
  const gateway = await startGateway({ apiUpstreams: [backend.origin], uploadMaxBytes: UPLOAD_MAX })
  return { backend, gateway }
}

describe("a body's limit", () => {
  test.for([
    ["POST /api/v1/statuses", MIB],
    ["POST /oauth/token", MIB],
    ["PUT /api/v1/statuses/1", MIB],
    ["POST /api/v1/media", UPLOAD_MAX + MIB],
    ["POST /api/v2/media", UPLOAD_MAX + MIB],
    ["PUT /api/v1/media/17", UPLOAD_MAX + MIB],
    ["PATCH /api/v1/accounts/update_credentials", UPLOAD_MAX + MIB],
  ] as const)("of %s is %i bytes, announced or not", async ([route, limit]) => {
    const { backend, gateway } = await start()
    const [method = "", path = ""] = route.split(" ")
    const send = (size: number, headers = {}) =>
      sendRequest(gateway.origin + path, { method, headers, body: Buffer.alloc(size) })
    const inChunks = { "transfer-encoding": "chunked" }

    expect((await send(limit)).status).toBe(200)
    expect((await send(limit, inChunks)).status).toBe(200)
    const announced = await send(limit + 1)
    const counted = await send(limit + 1, inChunks)

    expect(announced.status).toBe(413)
    const told = limit === MIB ? "The request body is larger than 1 MiB" : "The file is larger than 4 MiB"
    expect(announced.json()).toEqual({ error: told })
    expect(counted.status).toBe(413)
    expect(backend.complete).toHaveLength(2)
  })

  test("is told before the first byte, and that byte never reaches a replica", async () => {
    const { backend, gateway } = await start()
    const client = await connectRaw(gateway.port)

    client.write(`POST /api/v1/media HTTP/1.1\r\n${HOST}Content-Length: ${UPLOAD_MAX * 2}\r\n\r\n`)

    await vi.waitFor(() => expect(client.received()).toMatch(/^HTTP\/1\.1 413 /))
    expect(backend.requests).toEqual([])
  })

  test("reached by a client that reads only after it wrote all: it still learns why", async () => {
    const { gateway } = await start()
    const client = await connectRaw(gateway.port)
    client.socket.pause()

    client.write(`POST /api/v1/media HTTP/1.1\r\n${HOST}Content-Length: ${UPLOAD_MAX * 2}\r\n\r\n`)
    await new Promise((resolve) => client.socket.write(Buffer.alloc(UPLOAD_MAX * 2), resolve))
    client.socket.resume()

    await vi.waitFor(() => expect(client.received()).toMatch(/^HTTP\/1\.1 413 [\s\S]*MiB"\}$/))
  })
})

describe("a client that asks before it sends (Expect: 100-continue)", () => {
  const ask = (length: number) =>
    `POST /api/v1/media HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`

  test("is told to go on once a replica takes the request, which hears nothing of it", async () => {
    const { backend, gateway } = await start()
    const client = await connectRaw(gateway.port)

    client.write(ask(4))
    await vi.waitFor(() => expect(client.received()).toBe("HTTP/1.1 100 Continue\r\n\r\n"))
    client.write("body")

    await vi.waitFor(() => expect(client.received()).toMatch(/\r\n\r\nHTTP\/1\.1 200 OK/))
    expect(backend.complete[0]?.headers).not.toHaveProperty("expect")
  })

  test("is told no without a byte of the body, and the connection ends", async () => {
    const { gateway } = await start()
    const client = await connectRaw(gateway.port)

    client.write(ask(UPLOAD_MAX * 2))
    await client.closed

    expect(client.received()).toMatch(/^HTTP\/1\.1 413 /)
    expect(client.received()).toMatch(/\r\nconnection: close\r\n/i)
  })

  test("is told no when no replica is there", async () => {
    const gateway = await startGateway({ apiUpstreams: ["http://127.0.0.1:9"] })
    const client = await connectRaw(gateway.port)

    client.write(ask(4))
    await client.closed

    expect(client.received()).toMatch(/^HTTP\/1\.1 503 /)
  })
})
