import { expect } from "vitest"
import { test } from "../testing/api-test.ts"

test.for(["GET", "POST", "PUT", "PATCH", "DELETE"] as const)(
  "%s of what is not there is a 404 in the form of every error",
  async (method, { api }) => {
    for (const url of [
      "/api/v1/nothing",
      "/api/v1/accounts/search",
      "/oauth/nothing",
      "/api/v1/instance/x.css",
    ]) {
      const response = await api.app.inject({ method, url })
      expect(response.statusCode, url).toBe(404)
      expect(response.headers["content-type"]).toBe("application/json; charset=utf-8")
      expect(response.json()).toEqual({ error: "Record not found" })
    }
  },
)

test("a slash at the end makes no other path", async ({ api }) => {
  const response = await api.app.inject("/api/v1/instance/")
  expect(response.statusCode).toBe(200)
  expect((await api.app.inject("/api/v1/instance//")).statusCode).toBe(404)
})

test("a path that cannot be decoded is a 400 in the same form", async ({ api }) => {
  const response = await api.app.inject("/api/v1/%zz")
  expect(response.statusCode).toBe(400)
  expect(response.json()).toHaveProperty("error")
})

test("a handler that breaks tells nothing of why", async ({ api }) => {
  const app = await api.withRoutes((routes, ctx) => {
    routes.get("/broken", () => ctx.db.execute("select secret from no_such_table"))
    routes.get("/away", () => {
      throw Object.assign(new Error("connect ECONNREFUSED db.internal:5432"), { code: "ECONNREFUSED" })
    })
  })
  const broken = await app.inject("/broken")
  expect(broken.statusCode).toBe(500)
  expect(broken.json()).toEqual({ error: "We're sorry, but something went wrong on this server." })
  const away = await app.inject("/away")
  expect(away.statusCode).toBe(503)
  expect(away.headers["retry-after"]).toBe("5")
  expect(away.body).not.toContain("internal")
})

test("a request id of the gateway is taken over, another is made", async ({ api }) => {
  const given = "0199b3f2-7b7e-7d52-a0f0-8f0f3f1f2f3f"
  const headers = { "x-request-id": given }
  const asked = (more: object) => api.app.inject({ url: "/health/live", ...more })
  expect((await asked({ headers })).headers["x-request-id"]).toBe(given)
  expect((await asked({ headers, remoteAddress: "::ffff:10.1.2.3" })).headers["x-request-id"]).toBe(given)
  expect((await asked({ headers, remoteAddress: "203.0.113.9" })).headers["x-request-id"]).not.toBe(given)
  expect((await asked({})).headers["x-request-id"]).toMatch(/^[\w-]{36}$/)
  const forged = { "x-request-id": 'x"} {"level":50' }
  expect((await asked({ headers: forged })).headers["x-request-id"]).toMatch(/^[\w-]{36}$/)
})

test("who asks is believed from a gateway alone", async ({ api }) => {
  const app = await api.withRoutes((routes) => {
    routes.get("/who", (request) => ({ ip: request.ip }))
  })
  const headers = { "x-forwarded-for": "198.51.100.7" }
  const ask = async (remoteAddress: string) =>
    (await app.inject({ url: "/who", headers, remoteAddress })).json().ip
  expect(await ask("127.0.0.1")).toBe("198.51.100.7")
  expect(await ask("172.18.0.5")).toBe("198.51.100.7")
  expect(await ask("203.0.113.9")).toBe("203.0.113.9")
})

test("pages of other origins may call the API, without cookies", async ({ api }) => {
  const origin = "https://elk.example"
  for (const url of ["/api/v2/instance", "/.well-known/oauth-authorization-server", "/api/v1/nothing"]) {
    const { headers } = await api.app.inject({ url, headers: { origin } })
    expect(headers["access-control-allow-origin"], url).toBe("*")
    expect(headers["access-control-allow-credentials"]).toBeUndefined()
    expect(headers["access-control-expose-headers"]).toMatch(/Link.*X-RateLimit-Reset/)
  }
  const preflight = await api.app.inject({
    method: "OPTIONS",
    url: "/api/v1/statuses",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,idempotency-key",
    },
  })
  expect(preflight.statusCode).toBe(204)
  expect(preflight.headers["access-control-allow-methods"]).toMatch(/POST.*DELETE/)
  expect(preflight.headers["access-control-allow-headers"]).toBe("authorization,idempotency-key")
  const page = await api.app.inject({ url: "/oauth/authorize", headers: { origin } })
  expect(page.headers["access-control-allow-origin"]).toBeUndefined()
})

test("nothing is kept by caches, framed or guessed at unless a route says so", async ({ api }) => {
  for (const url of ["/api/v1/apps/verify_credentials", "/api/v1/nothing", "/health/live"]) {
    const { headers } = await api.app.inject(url)
    expect(headers["cache-control"], url).toBe("no-store")
    expect(headers["x-content-type-options"]).toBe("nosniff")
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'")
  }
})

test("an answer that sets a cookie is kept by nobody, whatever its route says", async ({ api }) => {
  const app = await api.withRoutes((routes) => {
    routes.get("/cookie", (_request, reply) =>
      reply
        .header("cache-control", "public, max-age=60")
        .header("cdn-cache-control", "max-age=60")
        .header("set-cookie", "a=b")
        .send({}),
    )
  })
  const { headers } = await app.inject("/cookie")
  expect(headers["cache-control"]).toBe("no-store")
  expect(headers).not.toHaveProperty("cdn-cache-control")
})
