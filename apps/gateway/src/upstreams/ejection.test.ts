import { once } from "node:events"
import { describe, expect, test, vi } from "vitest"
import { echo, startBackend } from "../testing/backend.ts"
import { sendRequest } from "../testing/send-request.ts"
import { spawnBackend } from "../testing/spawn-backend.ts"
import { startGateway } from "../testing/start-gateway.ts"

const SOON = { timeout: 10_000, interval: 20 }
const POSTS = "/api/v1/statuses"
const KEYED = { method: "POST", headers: { "idempotency-key": "k" }, body: "a post" }

async function startPair(hedgeReads = false) {
  const [first, second] = await Promise.all([spawnBackend(), spawnBackend()])
  const gateway = await startGateway({ apiUpstreams: [first.origin, second.origin], hedgeReads })
  const ask = async (asked = {}, path = "/api/x") => {
    const { status, body } = await sendRequest(gateway.origin + path, asked)
    return { status, pid: body.toString() }
  }
  const pidsOf = async (times: number) => {
    const answers = await Promise.all(Array.from({ length: times }, () => ask()))
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    return new Set(answers.map(({ pid }) => pid))
  }
  await vi.waitFor(async () => expect(await pidsOf(10)).toEqual(new Set([first.pid, second.pid])), SOON)
  return { first, second, ask, pidsOf }
}

describe("a replica that freezes", () => {
  test("is passed over; reads and keyed writes that it has are answered by another one; it comes back", async () => {
    const { first, second, ask, pidsOf } = await startPair()

    first.child.kill("SIGSTOP")
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () => ask()),
      ...Array.from({ length: 10 }, () => ask(KEYED, POSTS)),
    ])

    expect(answers).toEqual(Array(20).fill({ status: 200, pid: second.pid }))
    first.child.kill("SIGCONT")
    await vi.waitFor(async () => expect(await pidsOf(20)).toContain(first.pid), SOON)
  })

  test("keeps other writes, those of which twice is like once too; they are answered once it thaws, and once only", async () => {
    const { first, ask } = await startPair()
    const freeze = async () => {
      first.child.kill("SIGSTOP")
      const writes = Array.from({ length: 10 }, () =>
        ask({ method: "POST", body: "a like" }, `${POSTS}/1/favourite`),
      )
      // By now reads show that it is passed over.
      for (let n = 0; n < 5; n++) expect((await ask()).status).toBe(200)
      first.child.kill("SIGCONT")
      const answers = await Promise.all(writes)
      expect(answers.filter(({ status }) => status !== 200)).toEqual([])
      return answers.map(({ pid }) => pid)
    }

    // On a machine at work it may be found silent before any of them is sent.
    await vi.waitFor(async () => expect(await freeze()).toContain(first.pid), { ...SOON, interval: 500 })
  })

  test("and is the only one left stays in use", async () => {
    const { first, second, ask } = await startPair()
    second.child.kill("SIGKILL")
    await once(second.child, "exit")

    first.child.kill("SIGSTOP")
    const late = ask()
    setTimeout(() => first.child.kill("SIGCONT"), 1_500)

    expect(await late).toEqual({ status: 200, pid: first.pid })
  })
})

test("a replica that is killed again and again costs no read and no keyed write its answer", async () => {
  const { first, ask } = await startPair()
  const statuses: number[] = []
  let killing = true
  const load = Array.from({ length: 8 }, async (_, client) => {
    while (killing) statuses.push((await ask(client % 2 ? KEYED : {}, `${POSTS}?wait=5`)).status)
  })

  let victim = first
  for (let n = 0; n < 3; n++) {
    victim.child.kill("SIGKILL")
    await once(victim.child, "exit")
    victim = await spawnBackend(victim.port)
    await vi.waitFor(async () => expect((await ask()).pid).toBe(victim.pid), SOON)
  }
  killing = false
  await Promise.all(load)

  expect(statuses.length).toBeGreaterThan(100)
  expect(new Set(statuses)).toEqual(new Set([200]))
}, 30_000)

test("a read that takes long is asked of a second replica, once", async () => {
  const slow = await startBackend((req, res) => {
    if (req.url === "/api/held") setTimeout(() => echo(req, res), 1_000)
    else echo(req, res)
  })
  const quick = await startBackend(echo)
  const gateway = await startGateway({ apiUpstreams: [slow.origin, quick.origin], hedgeReads: true })
  const heldBy = ({ requests }: typeof slow) => requests.filter(({ url }) => url === "/api/held").length
  let asked = 0

  // Not while this machine itself is the one that is slow.
  await vi.waitFor(async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => sendRequest(`${gateway.origin}/api/held`)),
    )
    asked += answers.length
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(heldBy(slow) + heldBy(quick)).toBeGreaterThan(asked)
  }, SOON)

  expect(heldBy(slow) + heldBy(quick)).toBeLessThanOrEqual(2 * asked)
}, 30_000)

test("of two replicas that fail every request, one at most is passed over", async () => {
  const fail = () => startBackend((_req, res) => res.writeHead(500).end())
  const [one, other] = [await fail(), await fail()]
  const gateway = await startGateway({ apiUpstreams: [one.origin, other.origin] })

  for (let n = 0; n < 40; n++) expect((await sendRequest(`${gateway.origin}/api/x`)).status).toBe(500)

  const counts = [one.requests.length, other.requests.length].sort((a, b) => a - b)
  expect(counts[0]).toBeLessThan(20)
  expect(counts[0] === undefined ? 0 : counts[0] + (counts[1] ?? 0)).toBe(40)
})

test("a replica that fails every request is passed over while its checks pass", async () => {
  const bad = await startBackend((_req, res) => res.writeHead(500).end())
  const good = await startBackend()
  const gateway = await startGateway({ apiUpstreams: [bad.origin, good.origin] })
  const ask = () => sendRequest(`${gateway.origin}/api/x`)

  await vi.waitFor(async () => {
    for (let n = 0; n < 10; n++) expect((await ask()).status).toBe(200)
  }, SOON)

  expect(bad.requests.length).toBeGreaterThanOrEqual(5)
})
