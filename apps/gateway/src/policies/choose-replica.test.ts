import { expect, test, vi } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"

const SECRET = "of the operator, who looks for a fault"

async function start(debugSecret: string | undefined) {
  const [one, other] = [await startBackend(), await startBackend()]
  const gateway = await startGateway({ apiUpstreams: [one.origin, other.origin], debugSecret })
  const ask = (headers: Record<string, string>) => sendRequest(`${gateway.origin}/api/x`, { headers })
  const name = new URL(one.origin).host
  return { one, other, ask, name }
}

test("who knows the secret has the replica that they name, also one that is passed over", async () => {
  const { one, other, ask, name } = await start(SECRET)
  one.ready = false
  const isPassedOver = async () => {
    const before = one.requests.length
    for (let n = 0; n < 5; n++) await ask({})
    expect(one.requests.length).toBe(before)
  }
  await vi.waitFor(isPassedOver, { timeout: 10_000 })
  const [before, elsewhere] = [one.requests.length, other.requests.length]

  for (let n = 0; n < 5; n++) {
    const answer = await ask({ "x-tintype-replica": name, "x-tintype-debug-secret": SECRET })
    expect(answer.status).toBe(200)
  }

  expect([one.requests.length - before, other.requests.length - elsewhere]).toEqual([5, 0])
  expect(JSON.stringify(one.requests.at(-1)?.headers)).not.toContain("x-tintype")
})

test.for([
  ["without the secret", SECRET, {}],
  ["with another one", SECRET, { "x-tintype-debug-secret": "a guess" }],
  ["when there is none", undefined, { "x-tintype-debug-secret": "undefined" }],
] as const)("%s nobody chooses", async ([, debugSecret, headers]) => {
  const { one, other, ask, name } = await start(debugSecret)

  const answer = await ask({ "x-tintype-replica": name, ...headers })

  expect(answer.status).toBe(403)
  expect([...one.requests, ...other.requests]).toEqual([])
})

test("a name that no replica has is told", async () => {
  const { ask } = await start(SECRET)

  const answer = await ask({ "x-tintype-replica": "elsewhere:1", "x-tintype-debug-secret": SECRET })

  expect(answer.status).toBe(503)
})
