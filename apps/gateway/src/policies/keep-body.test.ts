import { expect, test, vi } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { connectRaw } from "../testing/raw-client.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"

const HOST = "Host: photos.example\r\n"

test("a small body goes to a replica only when it is there", async () => {
  const backend = await startBackend()
  const gateway = await startGateway({ apiUpstreams: [backend.origin] })
  const client = await connectRaw(gateway.port)

  client.write(`POST /api/x HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nfirst`)
  // An answer to another request shows that these bytes were read.
  await sendRequest(`${gateway.origin}/api/other`)
  expect(backend.requests.map(({ url }) => url)).toEqual(["/api/other"])
  client.write("later")

  await vi.waitFor(() => expect(client.received()).toMatch(/^HTTP\/1\.1 200 /))
  expect(backend.complete).toHaveLength(2)
})

test("a client that leaves half way through one costs no replica anything", async () => {
  const backend = await startBackend()
  const gateway = await startGateway({ apiUpstreams: [backend.origin] })
  const client = await connectRaw(gateway.port)
  client.write(`POST /api/x HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nfirst`)
  await sendRequest(`${gateway.origin}/api/other`)

  client.socket.destroy()
  await sendRequest(`${gateway.origin}/api/other`)

  expect(backend.requests.map(({ url }) => url)).toEqual(["/api/other", "/api/other"])
})

test("a client that asks before it sends is told to go on", async () => {
  const backend = await startBackend()
  const gateway = await startGateway({ apiUpstreams: [backend.origin] })
  const client = await connectRaw(gateway.port)

  client.write(`POST /api/x HTTP/1.1\r\n${HOST}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`)
  await vi.waitFor(() => expect(client.received()).toMatch(/^HTTP\/1\.1 100 /))
  client.write("body")

  await vi.waitFor(() => expect(client.received()).toMatch(/HTTP\/1\.1 200 /))
})
