import { expect } from "vitest"
import { test } from "../testing/api-test.ts"
import { aBrowser } from "../testing/client.ts"
import { Health } from "./health.ts"
import { serveInstance } from "./routes.ts"

test("both forms of the instance tell the same", async ({ api: { app } }) => {
  const { username } = await aBrowser(app)
  const [v1, v2] = [
    (await app.inject("/api/v1/instance")).json(),
    (await app.inject("/api/v2/instance")).json(),
  ]
  expect(v2).toMatchObject({
    domain: "localhost:8080",
    version: expect.stringMatching(/^4\.3\.0 \(compatible; Tintype \d+\.\d+\.\d+\)$/),
    configuration: {
      urls: { streaming: "ws://localhost:8080" },
      statuses: { max_characters: 5000, max_media_attachments: 10 },
      media_attachments: { supported_mime_types: expect.arrayContaining(["image/jpeg", "image/avif"]) },
    },
    registrations: { enabled: true, approval_required: false },
    contact: { account: { username } },
  })
  expect(v1).toMatchObject({
    uri: v2.domain,
    title: v2.title,
    version: v2.version,
    urls: { streaming_api: v2.configuration.urls.streaming },
    stats: { user_count: 1, status_count: 0, domain_count: 0 },
    registrations: true,
    contact_account: v2.contact.account,
  })
  expect(v1.configuration.media_attachments).toEqual(v2.configuration.media_attachments)
})

test("the source is where the operator says, else the instance itself", async ({
  api: { app, withSettings },
}) => {
  const sourceUrl = "https://code.example/tintype"
  const told = await withSettings({ sourceUrl })
  expect((await told.inject("/api/v2/instance")).json().source_url).toBe(sourceUrl)
  expect((await app.inject("/api/v2/instance")).json().source_url).toBe("http://localhost:8080")
})

test("clients that know no Tintype find out whose API it speaks", async ({ api: { app } }) => {
  const { links } = (await app.inject("/.well-known/nodeinfo")).json()
  expect(links).toHaveLength(1)
  const { pathname } = new URL(links[0].href)
  expect((await app.inject(pathname)).json()).toMatchObject({
    version: "2.0",
    software: { name: "tintype" },
    metadata: { upstream: { name: "mastodon" } },
  })
  expect((await app.inject("/.well-known/host-meta")).body).toMatch(/<Link rel="lrdd" template="http/)
})

test("the OAuth metadata name endpoints that are there", async ({ api: { app, ctx } }) => {
  const metadata = (await app.inject("/.well-known/oauth-authorization-server")).json()
  expect(metadata).toMatchObject({
    issuer: ctx.settings.publicUrl,
    code_challenge_methods_supported: ["S256"],
    grant_types_supported: ["authorization_code", "client_credentials"],
  })
  const post = ["token_endpoint", "revocation_endpoint", "app_registration_endpoint"]
  for (const name of [...post, "authorization_endpoint", "service_documentation"]) {
    const { pathname } = new URL(metadata[name])
    const response = await app.inject({ method: post.includes(name) ? "POST" : "GET", url: pathname })
    expect(response.statusCode, name).not.toBe(404)
  }
})

test("health names what is missing", async ({ api }) => {
  const there = { check: async () => undefined }
  const away = { check: () => Promise.reject(new Error("away")) }
  const health = new Health({ database: there, worker: away, cache: { ...away, optional: true } })
  const app = await api.withRoutes((routes, ctx) => serveInstance(routes, ctx, health))
  const unready = await app.inject("/health")
  expect(unready.statusCode).toBe(503)
  expect(unready.json()).toEqual({
    status: "unavailable",
    parts: {
      database: { status: "ok" },
      worker: { status: "down", error: "not there" },
      cache: { status: "down", error: "not there" },
    },
  })
  expect((await app.inject("/health/ready")).statusCode).toBe(200)
})

test("a process that drains says so to whoever balances load", async ({ api }) => {
  const health = new Health({})
  const app = await api.withRoutes((routes, ctx) => serveInstance(routes, ctx, health))
  expect((await app.inject("/health")).json()).toEqual({ status: "ok", parts: {} })
  health.draining = true
  expect((await app.inject("/health")).statusCode).toBe(503)
  expect((await app.inject("/health/ready")).statusCode).toBe(503)
  expect((await app.inject("/health/live")).statusCode).toBe(200)
})

test("the API can be read and tried in a browser", async ({ api: { app } }) => {
  const page = await app.inject("/api/docs")
  expect(page.headers["content-type"]).toBe("text/html; charset=utf-8")
  expect(page.headers["content-security-policy"]).toMatch(/script-src 'self';/)
  const assets = [...page.body.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path = ""]) => path)
  expect(assets).toHaveLength(3)
  for (const path of assets) expect((await app.inject(path)).statusCode, path).toBe(200)
  expect((await app.inject("/api/openapi.json")).json().openapi).toBe("3.1.0")
})
