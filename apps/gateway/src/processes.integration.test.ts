import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { expect, test, vi } from "vitest"
import { startBackend } from "./testing/backend.ts"
import { keepAsking } from "./testing/keep-asking.ts"
import { sendRequest } from "./testing/send-request.ts"
import { type GatewayProcess, spawnGateway } from "./testing/spawn-gateway.ts"
import { SECRET } from "./testing/start-gateway.ts"

const SOON = { timeout: 20_000, interval: 20 }

/** The processes that listen, in the order in which they began. */
const pidsOf = ({ lines }: GatewayProcess) =>
  lines.filter(({ msg }) => msg === "listening").map(({ pid }) => Number(pid))

async function startTwo(env: Readonly<Record<string, string>> = {}) {
  const backend = await startBackend()
  const gateway = await spawnGateway({
    API_UPSTREAMS: backend.origin,
    GATEWAY_PROCESSES: "2",
    DRAIN_SECONDS: "4",
    ...env,
  })
  await vi.waitFor(() => expect(pidsOf(gateway)).toHaveLength(2), SOON)
  return gateway
}

const answeredBy = ({ lines }: GatewayProcess) =>
  new Set(lines.filter(({ msg }) => msg === "request").map(({ pid }) => Number(pid)))

test("several processes share the port; SIGHUP replaces all of them, and no request fails", async () => {
  const gateway = await startTwo()
  const load = keepAsking(`${gateway.origin}/api/x`, 16)
  await vi.waitFor(() => expect(answeredBy(gateway)).toEqual(new Set(pidsOf(gateway))), SOON)
  const [first, second] = pidsOf(gateway)

  gateway.child.kill("SIGHUP")
  await vi.waitFor(() => expect(gateway.lines.map(({ msg }) => msg)).toContain("reloaded"), SOON)
  await vi.waitFor(() => expect(pidsOf(gateway)).toHaveLength(4), SOON)
  const fresh = pidsOf(gateway).slice(2)
  await vi.waitFor(() => expect([...answeredBy(gateway)]).toEqual(expect.arrayContaining(fresh)), SOON)
  await vi.waitFor(() => {
    for (const pid of [first, second]) expect(isAlive(pid)).toBe(false)
  }, SOON)
  await load.stop()

  expect(load.outcomes.length).toBeGreaterThan(100)
  expect(new Set(load.outcomes)).toEqual(new Set([200]))
  gateway.child.kill("SIGTERM")
  expect(await gateway.exited).toBe(0)
  expect(fresh.map(isAlive)).toEqual([false, false])
})

test("one that is killed is replaced, and the other one serves meanwhile", async () => {
  const gateway = await startTwo()
  const [victim = 0] = pidsOf(gateway)

  process.kill(victim, "SIGKILL")
  await vi.waitFor(() => expect(isAlive(victim)).toBe(false), SOON)
  const load = keepAsking(`${gateway.origin}/api/x`, 4)
  await vi.waitFor(() => expect(pidsOf(gateway)).toHaveLength(3), SOON)
  await load.stop()

  expect(new Set(load.outcomes)).toEqual(new Set([200]))
})

test("when the process that keeps them is killed they finish and end", async () => {
  const gateway = await startTwo()

  gateway.child.kill("SIGKILL")
  await gateway.exited

  await vi.waitFor(() => expect(pidsOf(gateway).map(isAlive)).toEqual([false, false]), SOON)
})

test("a setting that makes no sense ends all of them at the start", async () => {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url))
  const env = {
    GATEWAY_PROCESSES: "2",
    PORT: "0",
    BLOB_DIR: "/x",
    SIGNING_SECRET: SECRET,
    WEB_DIR: "/nowhere",
  }
  const child = spawn(process.execPath, [main], { env, stdio: "ignore" })

  expect(await once(child, "exit")).toEqual([1, null])
})

test("two gateways share a port where both say so, and one of them may go", async () => {
  const backend = await startBackend()
  const shared = { API_UPSTREAMS: backend.origin, REUSE_PORT: "true", DRAIN_SECONDS: "4" }
  const first = await spawnGateway(shared)
  const second = await spawnGateway({ ...shared, PORT: String(first.port) })
  const load = keepAsking(`${first.origin}/api/x`, 16)
  const answers = () => load.outcomes.filter((each) => each === 200).length
  await vi.waitFor(() => {
    expect([...answeredBy(first), ...answeredBy(second)]).toHaveLength(2)
    expect(answers()).toBeGreaterThan(32)
  }, SOON)
  const before = answers()

  first.child.kill("SIGTERM")
  expect(await first.exited).toBe(0)
  await load.stop()

  // A connection that was being opened while its listener closed may be reset; one that was open may not.
  expect(answers()).toBeGreaterThan(before)
  expect(load.outcomes.filter((each) => typeof each === "number" && each !== 200)).toEqual([])
})

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch {
    return false
  }
}

test("the figures of all processes are served on a port of their own, each under its number", async () => {
  const gateway = await startTwo({ METRICS_PORT: "0" })
  const load = keepAsking(`${gateway.origin}/api/x`, 8)
  await vi.waitFor(() => expect(answeredBy(gateway).size).toBe(2), SOON)
  await load.stop()
  const port = Number(gateway.lines.find(({ msg }) => msg === "metrics are served")?.port)

  await vi.waitFor(async () => {
    const text = (await sendRequest(`http://127.0.0.1:${port}/metrics`)).body.toString()
    const counted = [
      ...text.matchAll(
        /^tintype_gateway_requests_total\{process="(\d+)",route="\/api",status="2xx"\} (\d+)$/gm,
      ),
    ]
    expect(counted.map(([, process]) => process).sort()).toEqual(["1", "2"])
    expect(counted.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(load.outcomes.length)
    expect(text.match(/^# TYPE tintype_gateway_requests_total/gm)).toHaveLength(1)
    for (const process of ["0", "1", "2"]) {
      expect(text).toMatch(new RegExp(`^process_resident_memory_bytes{process="${process}"} \\d`, "m"))
    }
  }, SOON)
  expect((await sendRequest(`${gateway.origin}/metrics`)).status).toBe(404)
})
