import { signPath } from "@tintype/media/signed-path"
import { expect, test, vi } from "vitest"
import { startBackend } from "./testing/backend.ts"
import { connectRaw } from "./testing/raw-client.ts"
import { sendRequest } from "./testing/send-request.ts"
import { SECRET, startGateway } from "./testing/start-gateway.ts"

const REQUEST = "GET /api/x HTTP/1.1\r\nHost: photos.example\r\n\r\n"

test("a client that sends ever more requests without waiting for answers is cut off", async () => {
  const backend = await startBackend(() => {})
  const gateway = await startGateway({ apiUpstreams: [backend.origin] })
  const client = await connectRaw(gateway.port)

  client.write(REQUEST.repeat(33))
  await client.closed

  expect(backend.requests.length).toBeLessThanOrEqual(32)
  expect(client.received()).toBe("")
})

test("garbage behind a request in flight ends the connection instead of answering that request", async () => {
  let answer = () => {}
  const backend = await startBackend((_req, res) => {
    res.writeHead(200).write("begun")
    answer = () => res.end()
  })
  const gateway = await startGateway({ apiUpstreams: [backend.origin] })
  const client = await connectRaw(gateway.port)
  client.write(REQUEST)
  await vi.waitFor(() => expect(client.received()).toContain("begun"))

  client.write("garbage\r\n\r\n")
  await client.closed
  answer()

  expect(client.received().match(/HTTP\/1\.1/g)).toHaveLength(1)
})

test("a fault in the gateway is a 500 for that request and nothing for the others", async () => {
  const photos = {
    stamp: () => "1",
    open: () => Promise.reject(new Error("canary")),
  }
  const gateway = await startGateway({}, { photos })

  const answer = await sendRequest(`${gateway.origin}${signPath(SECRET, "1/2/3", "public")}/320.jpg`)

  expect(answer.status).toBe(500)
  expect(answer.json()).toEqual({ error: expect.not.stringContaining("canary") })
  expect((await sendRequest(`${gateway.origin}/health/live`)).status).toBe(200)
})

test("a client that does not come to the end of its headers is told so and let go", async () => {
  const gateway = await startGateway()
  const client = await connectRaw(gateway.port)

  client.write("GET / HTTP/1.1\r\nHost: photos.example\r\nX-Slow: ")
  await client.closed

  expect(client.received()).toMatch(/^HTTP\/1\.1 408 [\s\S]*\{"error":"[^"]+"\}$/)
}, 20_000)

test("a port in use stops the start", async () => {
  const gateway = await startGateway()

  await expect(startGateway({ port: gateway.port })).rejects.toThrow(/EADDRINUSE/)
})

test("a handshake behind a request that is not answered yet ends its connection and nothing else", async () => {
  const backend = await startBackend(() => {})
  const gateway = await startGateway({ apiUpstreams: [backend.origin] })
  const client = await connectRaw(gateway.port)
  const handshake = `${REQUEST.slice(0, -2)}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`

  client.write(REQUEST + handshake)
  await client.closed

  expect(client.received()).toBe("")
  expect((await sendRequest(`${gateway.origin}/health/live`)).status).toBe(200)
})
