import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, onTestFinished, test, vi } from "vitest"
import { connectRaw } from "../testing/raw-client.ts"
import { BodyRefused, RequestBody } from "./request-body.ts"

const LIMITS = { max: 100, tooLarge: { status: 413, error: "too large" }, idleMs: 100, onStart: () => {} }

/** A request whose head was sent, and the connection to send the rest on. */
async function openRequest(limits: Partial<typeof LIMITS> = {}, length = 10) {
  const bodies: RequestBody[] = []
  const server = createServer((req) => bodies.push(new RequestBody(req, { ...LIMITS, ...limits })))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const client = await connectRaw((server.address() as AddressInfo).port)
  client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`)
  const body = await vi.waitUntil(() => bodies[0])
  return { body, client }
}

test("a body that stops coming is refused with 408", async () => {
  const { body, client } = await openRequest()
  const failed = new Promise<Error>((resolve) => body.once("error", resolve))

  body.resume()
  client.write("some")

  const error = await failed
  expect(error).toBeInstanceOf(BodyRefused)
  expect((error as BodyRefused).refusal.status).toBe(408)
  expect(client.socket.destroyed).toBe(false)
})

test("a reader that stops reading is not held against the client", async () => {
  const { body, client } = await openRequest({ idleMs: 20, max: 2 ** 20 }, 200_000)
  const failed = vi.fn()
  body.on("error", failed).once("readable", () => {})
  client.write("x".repeat(100_000))
  await vi.waitUntil(() => body.readableLength >= body.readableHighWaterMark)

  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(failed).not.toHaveBeenCalled()
})

test("nothing is taken from the request before somebody reads", async () => {
  const onStart = vi.fn()
  const { body, client } = await openRequest({ onStart })
  client.write("0123456789")
  expect(body.started).toBe(false)
  expect(onStart).not.toHaveBeenCalled()

  const text: string[] = []
  body.on("data", (chunk: Buffer) => text.push(chunk.toString()))
  await new Promise((resolve) => body.once("end", resolve))

  expect(text.join("")).toBe("0123456789")
  expect(onStart).toHaveBeenCalledOnce()
})
