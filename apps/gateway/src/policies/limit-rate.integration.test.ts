import type { RequestListener } from "node:http"
import { openSharedLimiter } from "@tintype/cache/shared-limiter"
import { loadGatewayConfig, type RateLimits } from "@tintype/config"
import { createLogger } from "@tintype/observe"
import { type TestRedis, test } from "@tintype/testkit"
import { describe, expect } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { type Answer, type Asked, sendRequest } from "../testing/send-request.ts"
import { SECRET, startGateway } from "../testing/start-gateway.ts"

const RARELY = 3600_000
const WIDE = { burst: 1_000, everyMs: RARELY }
const ALL_WIDE: RateLimits = {
  anonymous: WIDE,
  unproven: WIDE,
  token: WIDE,
  account: WIDE,
  uploads: WIDE,
  deletes: WIDE,
}

/** An api in which the tokens `<account>.<anything>` are valid. */
const api: RequestListener = (req, res) => {
  req.resume()
  const [, account] = /^Bearer (\w+)\./.exec(req.headers.authorization ?? "") ?? []
  if (req.headers.authorization && !account) res.statusCode = 401
  if (account) res.setHeader("x-tintype-account", account)
  if (req.url === "/api/guess") res.writeHead(429, { "retry-after": "60" })
  res.end("{}")
}

/** One that waits for Redis however busy the machine is. */
const limiterOf = ({ cacheUrl, prefix }: TestRedis, name: string) =>
  openSharedLimiter(cacheUrl, createLogger("test", "silent"), { prefix: `${prefix}${name}:`, waitMs: 5000 })

/** As many gateways as asked for, before one api. */
async function start(redis: TestRedis, name: string, limits: Partial<RateLimits>, gateways = 1) {
  const backend = await startBackend(api)
  const config = {
    apiUpstreams: [backend.origin],
    trustedProxies: ["127.0.0.1"],
    rateLimits: { ...ALL_WIDE, ...limits },
  }
  const parts = { openLimiter: () => limiterOf(redis, name) }
  const started = await Promise.all(Array.from({ length: gateways }, () => startGateway(config, parts)))
  let turn = 0
  const ask = (from: string, path = "/api/v1/instance", { headers, ...asked }: Asked = {}): Promise<Answer> =>
    sendRequest(`${started[turn++ % gateways]?.origin}${path}`, {
      ...asked,
      headers: { "x-forwarded-for": from, ...headers },
    })
  const askTimes = async (times: number, from: string, path?: string, asked?: Asked) => {
    const statuses: number[] = []
    for (let time = 0; time < times; time++) statuses.push((await ask(from, path, asked)).status)
    return statuses
  }
  return { backend, ask, askTimes }
}

const as = (token: string): Asked => ({ headers: { authorization: `Bearer ${token}` } })
const once = { burst: 1, everyMs: RARELY }
const few = { burst: 3, everyMs: RARELY }

describe("a client without a token", () => {
  test("is refused after its goes, told when to come back, and the api is not asked", async ({ redis }) => {
    const { ask, backend } = await start(redis, "anonymous", { anonymous: few })
    const first = await ask("203.0.113.1")
    expect(first).toMatchObject({
      status: 200,
      headers: { "x-ratelimit-limit": "3", "x-ratelimit-remaining": "2" },
    })
    await ask("203.0.113.1")
    await ask("203.0.113.1")
    const refused = await ask("203.0.113.1")
    expect(refused).toMatchObject({
      status: 429,
      headers: {
        "x-ratelimit-limit": "3",
        "x-ratelimit-remaining": "0",
        "content-type": "application/json; charset=utf-8",
        "access-control-allow-origin": "*",
        "cache-control": "no-store",
      },
    })
    expect(refused.json()).toEqual({ error: expect.any(String) })
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(3500)
    const reset = String(refused.headers["x-ratelimit-reset"])
    expect(new Date(reset).toISOString()).toBe(reset)
    expect(Date.parse(reset) - Date.now()).toBeGreaterThan(2.9 * RARELY)
    expect(backend.requests).toHaveLength(3)
    expect((await ask("203.0.113.2")).status).toBe(200)
  })

  test("has its goes at all gateways together", async ({ redis }) => {
    const { askTimes } = await start(redis, "together", { anonymous: few }, 2)
    expect(await askTimes(6, "203.0.113.1")).toEqual([200, 200, 200, 429, 429, 429])
  })

  test("is the /64 it comes from", async ({ redis }) => {
    const { ask } = await start(redis, "network", { anonymous: once })
    expect((await ask("2001:db8:1:2::1")).status).toBe(200)
    expect((await ask("2001:db8:1:2:aaaa::9")).status).toBe(429)
    expect((await ask("2001:db8:1:3::1")).status).toBe(200)
  })

  test("asks what is allowed without being counted", async ({ redis }) => {
    const { askTimes } = await start(redis, "preflight", { anonymous: once })
    expect(await askTimes(3, "203.0.113.1", "/api/v1/instance", { method: "OPTIONS" })).toEqual([
      200, 200, 200,
    ])
  })
})

test("who cannot be believed is counted as who they are, whatever they claim", async ({ redis }) => {
  const backend = await startBackend(api)
  const gateway = await startGateway(
    { apiUpstreams: [backend.origin], rateLimits: { ...ALL_WIDE, anonymous: few } },
    { openLimiter: () => limiterOf(redis, "claims") },
  )
  const statuses: number[] = []
  for (let n = 0; n < 20; n++) {
    const headers = {
      "x-forwarded-for": `198.51.100.${n}`,
      "x-real-ip": `198.51.100.${n}`,
      forwarded: `for=192.0.2.${n}`,
    }
    statuses.push((await sendRequest(`${gateway.origin}/api/x`, { headers })).status)
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(3)
})

describe("a client with a token", () => {
  test("is counted by the token once the api has accepted it, wherever it comes from", async ({ redis }) => {
    const { ask, askTimes } = await start(redis, "token", { unproven: once, token: few })
    expect((await ask("203.0.113.1", "/api/x", as("ada.1"))).status).toBe(200)
    expect(await askTimes(3, "203.0.113.1", "/api/x", as("ada.1"))).toEqual([200, 200, 200])
    expect((await ask("198.51.100.1", "/api/x", as("ada.1"))).status).toBe(429)
  })

  test("shares the account's goes with the account's other tokens", async ({ redis }) => {
    const { ask } = await start(redis, "account", { account: few })
    for (const token of ["ada.1", "ada.2", "bob.1"]) await ask("203.0.113.1", "/api/x", as(token))
    const answers: Answer[] = []
    for (let n = 0; n < 4; n++) answers.push(await ask("203.0.113.1", "/api/x", as(`ada.${1 + (n % 2)}`)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429])
    expect(answers[0]?.headers).not.toHaveProperty("x-tintype-account")
    expect((await ask("203.0.113.1", "/api/x", as("bob.1"))).status).toBe(200)
  })

  test("gets no more by making tokens up", async ({ redis }) => {
    const { ask } = await start(redis, "made-up", { unproven: few })
    const statuses: number[] = []
    for (let n = 0; n < 6; n++) statuses.push((await ask("203.0.113.1", "/api/x", as(`made-up-${n}`))).status)
    expect(statuses).toEqual([401, 401, 401, 429, 429, 429])
  })

  test("or with a session cookie is the same to the limits", async ({ redis }) => {
    const { askTimes } = await start(redis, "cookie", { anonymous: once, unproven: few })
    const cookie: Asked = { headers: { cookie: "a=b; __Host-tintype=secret" } }
    expect(await askTimes(4, "203.0.113.1", "/api/x", cookie)).toEqual([200, 200, 200, 429])
  })
})

test("uploads and deletions have goes of their own, and the closest limit is told", async ({ redis }) => {
  const { ask } = await start(redis, "special", { uploads: once, deletes: once })
  const upload: Asked = { method: "POST", headers: { authorization: "Bearer ada.1" }, body: "x" }
  await ask("203.0.113.1", "/api/x", as("ada.1"))
  expect(await ask("203.0.113.1", "/api/v2/media", upload)).toMatchObject({
    status: 200,
    headers: { "x-ratelimit-limit": "1", "x-ratelimit-remaining": "0" },
  })
  expect((await ask("203.0.113.1", "/api/v1/media", upload)).status).toBe(429)
  const remove: Asked = { method: "DELETE", ...as("ada.1") }
  expect((await ask("203.0.113.1", "/api/v1/statuses/12", remove)).status).toBe(200)
  expect((await ask("203.0.113.1", "/api/v1/statuses/13", remove)).status).toBe(429)
  expect((await ask("203.0.113.1", "/api/v1/statuses/13", as("ada.1"))).status).toBe(200)
})

test("what the api refuses by limits of its own is told as such", async ({ redis }) => {
  const { ask } = await start(redis, "theirs", {})
  const { status, headers } = await ask("203.0.113.1", "/api/guess")
  expect({ status, left: headers["x-ratelimit-remaining"], after: headers["retry-after"] }).toEqual({
    status: 429,
    left: "0",
    after: "60",
  })
  expect(Date.parse(String(headers["x-ratelimit-reset"])) - Date.now()).toBeLessThanOrEqual(60_000)
})

test("exempt addresses are not counted, and the health of the stack is for anybody", async ({ redis }) => {
  const backend = await startBackend(api)
  const gateway = await startGateway(
    {
      apiUpstreams: [backend.origin],
      rateLimits: { ...ALL_WIDE, anonymous: once },
      rateLimitExempt: ["127.0.0.0/8"],
    },
    { openLimiter: () => limiterOf(redis, "exempt") },
  )
  for (let n = 0; n < 3; n++) {
    const answer = await sendRequest(`${gateway.origin}/api/x`)
    expect(answer.status).toBe(200)
    expect(answer.headers).not.toHaveProperty("x-ratelimit-limit")
  }
})

test("the limits that are set by default: an app's start and a member who scrolls for minutes do not meet them", async ({
  redis,
}) => {
  const { rateLimits } = loadGatewayConfig({ BLOB_DIR: "/nonexistent", SIGNING_SECRET: SECRET })
  const { ask } = await start(redis, "default", rateLimits ?? {})
  const start40 = await Promise.all(
    Array.from({ length: 40 }, () => ask("203.0.113.1", "/api/x", as("ada.1"))),
  )
  const scrolling = await Promise.all(
    Array.from({ length: 200 }, () => ask("203.0.113.1", "/api/x", as("ada.1"))),
  )
  expect(new Set([...start40, ...scrolling].map(({ status }) => status))).toEqual(new Set([200]))
})
