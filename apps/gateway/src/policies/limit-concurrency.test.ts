import { expect, test, vi } from "vitest"
import { echo, startBackend } from "../testing/backend.ts"
import { connectRaw } from "../testing/raw-client.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"

/** A replica that answers what begins with `/api/held` only when told to. */
async function start(maxRequests: number) {
  const held: (() => void)[] = []
  const backend = await startBackend((req, res) => {
    if (req.url?.startsWith("/api/held")) held.push(() => res.end("late"))
    else echo(req, res)
  })
  const gateway = await startGateway({ apiUpstreams: [backend.origin], maxRequests })
  return { held, backend, gateway, ask: (path: string) => sendRequest(gateway.origin + path) }
}

test("what is too much waits for its turn, and is answered when one is over", async () => {
  const { held, backend, ask } = await start(2)
  const first = [ask("/api/held?1"), ask("/api/held?2")]
  await vi.waitFor(() => expect(held).toHaveLength(2))

  const third = ask("/api/x")
  // A request to the web app's side shows that the third has had time to arrive.
  await ask("/nowhere")
  expect(backend.requests).toHaveLength(2)
  held[0]?.()

  expect((await third).status).toBe(200)
  held[1]?.()
  expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200])
})

test("what waits too long, or behind too many, is told when to come back", async () => {
  const { held, backend, ask } = await start(1)
  const first = ask("/api/held")
  await vi.waitFor(() => expect(held).toHaveLength(1))

  const answers = await Promise.all([ask("/api/x"), ask("/api/x"), ask("/api/x")])

  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503])
  expect(answers.map(({ headers }) => headers["retry-after"])).toEqual(["1", "1", "1"])
  expect(backend.requests).toHaveLength(1)
  held[0]?.()
  expect((await first).status).toBe(200)
})

test("a client that gives up gives its turn to the next", async () => {
  const { held, backend, gateway, ask } = await start(1)
  const first = ask("/api/held")
  await vi.waitFor(() => expect(held).toHaveLength(1))
  const leaver = await connectRaw(gateway.port)
  leaver.write("GET /api/left HTTP/1.1\r\nHost: a\r\n\r\n")
  await ask("/nowhere")
  leaver.socket.destroy()
  await ask("/nowhere")

  const next = ask("/api/next")
  await ask("/nowhere")
  held[0]?.()

  expect((await next).status).toBe(200)
  await first
  expect(backend.requests.map(({ url }) => url)).toEqual(["/api/held", "/api/next"])
})

test("neither uploads nor streams take the places of other requests", async () => {
  const backend = await startBackend((req, res) => {
    if (req.url === "/api/v1/streaming") {
      res.writeHead(200, { "content-type": "text/event-stream" }).write(":\n\n")
    } else if (req.method === "GET") echo(req, res)
  })
  const gateway = await startGateway({ apiUpstreams: [backend.origin], maxRequests: 1 })
  const upload = await connectRaw(gateway.port)
  upload.write("POST /api/v2/media HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nsome")
  const stream = await connectRaw(gateway.port)
  stream.write("GET /api/v1/streaming HTTP/1.1\r\nHost: a\r\n\r\n")
  await vi.waitFor(() => expect(stream.received()).toContain(":\n\n"))

  expect((await sendRequest(`${gateway.origin}/api/x`)).status).toBe(200)
})

test("requests that were sent ahead give their places back when their client leaves", async () => {
  const { held, backend, gateway, ask } = await start(3)
  const leaver = await connectRaw(gateway.port)
  leaver.write([1, 2, 3].map((each) => `GET /api/held?${each} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""))
  await vi.waitFor(() => expect(held).toHaveLength(3))
  const gone: unknown[] = []
  for (const { socket } of backend.requests) socket.once("close", () => gone.push(socket))

  leaver.socket.destroy()

  // Waits for its turn for a second at most: it is told that the gateway is busy unless all three gave way.
  const answers = await Promise.all([ask("/api/1"), ask("/api/2"), ask("/api/3")])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  await vi.waitFor(() => expect(gone).toHaveLength(3))
})
