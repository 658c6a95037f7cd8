import { expect, test, vi } from "vitest"
import { type Backend, echo, startBackend } from "../testing/backend.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"

const SOON = { timeout: 8_000, interval: 50 }

/** Backends on one port of several addresses, as the containers behind one name are, and a name for them. */
async function startNamed(count: number, answer = echo) {
  const first = await startBackend(answer, 0, "127.0.0.1")
  const backends: Backend[] = [first]
  for (let n = 2; n <= count; n++) backends.push(await startBackend(answer, first.port, `127.0.0.${n}`))
  const name = { addresses: [] as string[], failing: false, asked: 0 }
  const gateway = await startGateway(
    { apiUpstreams: [`dns+http://api.test:${first.port}`] },
    {
      resolve: async () => {
        name.asked++
        if (name.failing) throw new Error("SERVFAIL")
        return name.addresses
      },
    },
  )
  return { backends, name, gateway, ask: () => sendRequest(`${gateway.origin}/api/x`) }
}

test("every address behind a name is a replica, and they share the load", async () => {
  const { backends, name, ask } = await startNamed(3)
  name.addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]

  await vi.waitFor(async () => {
    expect((await ask()).status).toBe(200)
    for (const backend of backends) expect(backend.requests.length).toBeGreaterThan(0)
  }, SOON)
})

test("a replica that comes is used; one that goes gets nothing more, but finishes what it has", async () => {
  const held: (() => void)[] = []
  const { backends, name, ask, gateway } = await startNamed(2, (req, res) => {
    if (req.url === "/api/slow") held.push(() => res.end("late"))
    else echo(req, res)
  })
  const [old, fresh] = backends
  name.addresses = ["127.0.0.1"]
  await vi.waitFor(async () => expect((await ask()).status).toBe(200), SOON)
  const slow = sendRequest(`${gateway.origin}/api/slow`)
  await vi.waitFor(() => expect(held).toHaveLength(1))

  name.addresses = ["127.0.0.2"]
  await vi.waitFor(async () => {
    await ask()
    expect(fresh?.requests.length).toBeGreaterThan(0)
  }, SOON)
  const before = old?.requests.length
  for (let n = 0; n < 10; n++) expect((await ask()).status).toBe(200)
  held[0]?.()

  expect((await slow).body.toString()).toBe("late")
  expect(old?.requests.length).toBe(before)
  await vi.waitFor(() => expect(old?.sockets.size).toBe(0), SOON)
})

test("a name that cannot be resolved for a while changes nothing", async () => {
  const { name, ask } = await startNamed(1)
  name.addresses = ["127.0.0.1"]
  await vi.waitFor(async () => expect((await ask()).status).toBe(200), SOON)

  name.failing = true
  const asked = name.asked
  await vi.waitFor(() => expect(name.asked).toBeGreaterThan(asked), SOON)

  expect((await ask()).status).toBe(200)
})

test("a replica that says it is not ready gets nothing while another one is", async () => {
  const [ill, well] = [await startBackend(), await startBackend()]
  const gateway = await startGateway({ apiUpstreams: [ill.origin, well.origin] })
  const ask = () => sendRequest(`${gateway.origin}/api/x`)
  await vi.waitFor(async () => {
    await ask()
    expect(ill.requests.length).toBeGreaterThan(0)
  }, SOON)

  ill.ready = false
  await vi.waitFor(async () => {
    const before = ill.requests.length
    for (let n = 0; n < 10; n++) await ask()
    expect(ill.requests.length).toBe(before)
  }, SOON)
  well.ready = false

  // A check can be wrong: when none passes, all are tried.
  await vi.waitFor(async () => {
    const before = ill.requests.length
    expect((await ask()).status).toBe(200)
    expect(ill.requests.length).toBeGreaterThan(before)
  }, SOON)
})
