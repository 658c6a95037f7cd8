import { createMetrics } from "@tintype/observe"
import { expect, test, vi } from "vitest"
import { echo, startBackend } from "../testing/backend.ts"
import { connectRaw } from "../testing/raw-client.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"
import { Traffic } from "./traffic.ts"

/** A gateway, and its figures by name and labels. */
async function start(config: Parameters<typeof startGateway>[0] = {}) {
  const metrics = createMetrics()
  const gateway = await startGateway(config, { metrics })
  const figures = async () => {
    const samples = (await metrics.families()).flatMap((each) => each.samples)
    return new Map(
      samples.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(" "), value]),
    )
  }
  return { gateway, figures, ask: (path: string) => sendRequest(gateway.origin + path) }
}

test("requests are counted by route and status, never by what the client makes up", async () => {
  const backend = await startBackend((req, res) => {
    if (req.url?.endsWith("/broken")) res.writeHead(500).end()
    else echo(req, res)
  })
  const { figures, ask } = await start({ apiUpstreams: [backend.origin] })
  for (const path of ["/api/a", "/api/b?c", "/api/broken", "/media/x", "/api//", "/%C3%A4"]) await ask(path)

  const found = await figures()
  const requests = [...found].filter(([name]) => name.startsWith("tintype_gateway_requests_total"))
  expect(requests.sort()).toEqual([
    ["tintype_gateway_requests_total /api 2xx", 2],
    ["tintype_gateway_requests_total /api 5xx", 1],
    ["tintype_gateway_requests_total /media 4xx", 1],
    ["tintype_gateway_requests_total unknown 4xx", 1],
    ["tintype_gateway_requests_total web 4xx", 1],
  ])
  expect(found.get("tintype_gateway_request_seconds_count /api")).toBe(3)
  expect(found.get("tintype_gateway_requests_in_flight")).toBe(0)
  const replica = new URL(backend.origin).host
  expect(found.get(`tintype_gateway_replica_state ${replica} warming up`)).toBe(1)
  expect(found.get(`tintype_gateway_replica_answers_total ${replica} 2xx`)).toBe(2)
  expect(found.get("tintype_gateway_refusals_total The path holds an empty or dot segment")).toBe(1)
  expect(found.get("tintype_gateway_sent_bytes_total")).toBeGreaterThan(500)
})

test("a client that leaves is told apart from an answer", async () => {
  const backend = await startBackend(() => {})
  const { gateway, figures } = await start({ apiUpstreams: [backend.origin] })
  const client = await connectRaw(gateway.port)
  client.write("GET /api/x HTTP/1.1\r\nHost: a.example\r\n\r\n")
  await vi.waitFor(() => expect(backend.requests).toHaveLength(1))
  expect((await figures()).get("tintype_gateway_requests_in_flight")).toBe(1)
  expect((await figures()).get("tintype_gateway_connections")).toBe(1)

  client.socket.destroy()

  await vi.waitFor(async () =>
    expect((await figures()).get("tintype_gateway_requests_total /api left")).toBe(1),
  )
})

test("retries, failures and what the cache does are counted", async () => {
  const good = await startBackend((req, res) => {
    res.writeHead(200, { "cache-control": "s-maxage=60", "x-url": req.url }).end("kept")
  })
  const bad = await startBackend((req) => req.socket.destroy())
  const { figures, ask } = await start({ apiUpstreams: [good.origin, bad.origin], balance: "round-robin" })
  for (let n = 0; n < 6; n++) expect((await ask(`/api/${n}`)).status).toBe(200)
  await ask("/api/0")

  const found = await figures()
  const failed = found.get(`tintype_gateway_replica_failures_total ${new URL(bad.origin).host}`)
  expect(failed).toBeGreaterThan(0)
  expect(found.get("tintype_gateway_extra_requests_total retries")).toBe(failed)
  expect(found.get("tintype_gateway_cache_requests_total miss")).toBe(6)
  expect(found.get("tintype_gateway_cache_requests_total hit")).toBe(1)
  expect(found.get("tintype_gateway_cache_responses")).toBe(6)
})

test("waits for a place and those that find none are counted", async () => {
  const held: (() => void)[] = []
  const backend = await startBackend((_req, res) => void held.push(() => res.end("late")))
  const { figures, ask } = await start({ apiUpstreams: [backend.origin], maxRequests: 1 })
  const first = ask("/api/1")
  await vi.waitFor(() => expect(held).toHaveLength(1))
  const second = ask("/api/2")
  await vi.waitFor(async () => expect((await figures()).get("tintype_gateway_waiting requests")).toBe(1))
  expect((await ask("/api/3")).status).toBe(503)
  held[0]?.()
  await first
  await vi.waitFor(() => expect(held).toHaveLength(2))
  held[1]?.()
  await second

  const found = await figures()
  expect(found.get("tintype_gateway_places_taken requests")).toBe(0)
  expect(found.get("tintype_gateway_waiting requests")).toBe(0)
  expect(found.get("tintype_gateway_queue_wait_seconds_count requests")).toBe(1)
  expect(found.get("tintype_gateway_queue_refusals_total requests")).toBe(1)
})

test("however many different refusals come, there are so many figures and no more", () => {
  const traffic = new Traffic()
  for (let n = 0; n < 1000; n++) traffic.refuse(`sentence ${n}`)
  expect(traffic.refusals.size).toBe(65)
})
