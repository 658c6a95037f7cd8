import type { Audience } from "@tintype/cache/hear-purges"
import { expect, test, vi } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"

/** A gateway that hears what the test tells it, before a backend that numbers its answers. */
async function start(control = "max-age=600") {
  const told: Audience[] = []
  let count = 0
  let hold: Promise<void> | undefined
  const backend = await startBackend(async (req, res) => {
    const mine = ++count
    await hold
    const key = req.headers.key ?? "post-1 account-1"
    res.writeHead(200, { "cache-control": control, "surrogate-key": key }).end(`answer ${mine}`)
  })
  const gateway = await startGateway(
    { apiUpstreams: [backend.origin] },
    {
      hearPurges: (audience) => {
        told.push(audience)
        return async () => {}
      },
    },
  )
  const ask = async (path = "/api/x", headers = {}) => {
    const answer = await sendRequest(gateway.origin + path, { headers })
    expect(answer.headers["surrogate-key"]).toBeUndefined()
    return answer.body.toString()
  }
  const holdAnswers = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    hold = promise
    return resolve
  }
  const [audience] = told
  if (!audience) throw new Error("the gateway does not listen")
  return { audience, ask, holdAnswers, count: () => count }
}

const purge = (...keys: string[]) => ({ keys, soft: false })

test("what is purged by one of its keys is fetched anew, and nothing else is", async () => {
  const { audience, ask } = await start()
  audience.onHearing()
  expect(await ask()).toBe("answer 1")
  expect(await ask("/api/y", { key: "post-2" })).toBe("answer 2")
  audience.onPurge(purge("account-1", "account-9"))
  expect(await ask()).toBe("answer 3")
  expect(await ask()).toBe("answer 3")
  expect(await ask("/api/y")).toBe("answer 2")
})

test("an answer that was asked for before a purge is not kept, and nobody joins it afterwards", async () => {
  const { audience, ask, holdAnswers, count } = await start()
  audience.onHearing()
  const release = holdAnswers()
  const before = ask()
  await vi.waitUntil(() => count() === 1)
  audience.onPurge(purge("post-1"))
  const after = ask()
  await vi.waitUntil(() => count() === 2)
  release()
  expect(await before).toBe("answer 1")
  expect(await after).toBe("answer 2")
  expect(await ask()).toBe("answer 2")
})

test("a soft purge lets the old answer be sent while a new one is fetched", async () => {
  const { audience, ask } = await start("max-age=600, stale-while-revalidate=60")
  audience.onHearing()
  expect(await ask()).toBe("answer 1")
  audience.onPurge({ keys: ["post-1"], soft: true })
  expect(await ask()).toBe("answer 1")
  await vi.waitFor(async () => expect(await ask()).toBe("answer 2"))
})

test("while purges are not heard nothing is kept that could be purged", async () => {
  const { audience, ask } = await start()
  expect(await ask()).toBe("answer 1")
  expect(await ask()).toBe("answer 2")
  audience.onHearing()
  expect(await ask()).toBe("answer 3")
  expect(await ask()).toBe("answer 3")
  audience.onDeaf()
  expect(await ask()).toBe("answer 4")
  audience.onHearing()
  expect(await ask()).toBe("answer 5")
  expect(await ask()).toBe("answer 5")
})

test("an answer under way while purges are missed is not kept", async () => {
  const { audience, ask, holdAnswers, count } = await start()
  audience.onHearing()
  const release = holdAnswers()
  const before = ask()
  await vi.waitUntil(() => count() === 1)
  audience.onDeaf()
  audience.onHearing()
  release()
  expect(await before).toBe("answer 1")
  expect(await ask()).toBe("answer 2")
})
