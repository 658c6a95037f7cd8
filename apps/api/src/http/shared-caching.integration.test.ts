import type { AddressInfo } from "node:net"
import { hearPurges } from "@tintype/cache/hear-purges"
import { loadGatewayConfig } from "@tintype/config"
import { apps } from "@tintype/db"
import { updateProfile } from "@tintype/domain/accounts"
import { changeVisibility, deletePost, favouritePost, foldFavourites } from "@tintype/domain/posts"
import { aMember, aPost } from "@tintype/domain/testing"
import { createLogger } from "@tintype/observe"
import { describe, expect, vi } from "vitest"
import { buildGateway } from "../../../gateway/src/build-gateway.ts"
import { test as base } from "../testing/api-test.ts"
import { aBrowser } from "../testing/client.ts"

const log = createLogger("gateway", "silent")
const nowhere = { BLOB_DIR: "/nonexistent", SIGNING_SECRET: "of the tests, and of no instance at all" }

/** Asks a gateway before the api, with purges between them. */
const test = base.extend("ask", { scope: "file" }, async ({ api, redis }, { onCleanup }) => {
  await api.app.listen({ port: 0, host: "127.0.0.1" })
  const { port: apiPort } = api.app.server.address() as AddressInfo
  const heard = vi.fn()
  const gateway = await buildGateway(
    {
      ...loadGatewayConfig({ ...nowhere, HOST: "127.0.0.1", PORT: "0" }),
      apiUpstreams: [`http://127.0.0.1:${apiPort}`],
    },
    {
      log,
      photos: { open: async () => undefined, stamp: () => undefined },
      hearPurges: ({ onHearing, ...audience }) =>
        hearPurges({
          url: redis.cacheUrl,
          log,
          prefix: redis.prefix,
          audience: {
            ...audience,
            onHearing: () => {
              onHearing()
              heard()
            },
          },
        }),
    },
  )
  const port = await gateway.listen()
  onCleanup(() => gateway.drain(0))
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
  }
  await vi.waitUntil(
    async () => heard.mock.calls.length > 0 && (await ask("/api/v1/instance")).status === 200,
    { timeout: 20_000 },
  )
  return ask
})

const isHit = (headers: Headers) => headers.get("cache-status")?.includes("hit") ?? false

describe("what strangers read", () => {
  test("is kept, and shows every change as soon as it is made", async ({ api: { ctx }, ask }) => {
    const member = await aMember(ctx)
    const post = await aPost(ctx, member)
    const pages = [
      `/api/v1/accounts/${member.accountId}`,
      `/api/v1/accounts/${member.accountId}/statuses`,
      `/api/v1/statuses/${post}`,
    ]
    for (let round = 0; round < 20; round++) {
      const displayName = `Name ${round}`
      await updateProfile(ctx, member, { displayName, discoverable: true })
      for (const page of [...pages, "/api/v1/directory"]) {
        expect((await ask(page)).text, page).toContain(displayName)
        const again = await ask(page)
        expect(again.text, page).toContain(displayName)
        expect(isHit(again.headers), page).toBe(true)
      }
    }
  })

  test("has a new post in it at once, and a deleted one no longer", async ({ api: { ctx }, ask }) => {
    const member = await aMember(ctx)
    const list = `/api/v1/accounts/${member.accountId}/statuses`
    for (let round = 0; round < 10; round++) {
      expect((await ask(list)).body).toEqual([])
      const post = await aPost(ctx, member)
      expect((await ask(list)).body).toMatchObject([{ id: post }])
      expect((await ask(`/api/v1/statuses/${post}`)).status).toBe(200)
      await deletePost(ctx, member, post)
      expect((await ask(`/api/v1/statuses/${post}`)).status).toBe(404)
    }
  })

  test("ends as soon as a post is not for them any more, and begins again", async ({ api: { ctx }, ask }) => {
    const member = await aMember(ctx)
    const post = await aPost(ctx, member)
    const [page, list] = [`/api/v1/statuses/${post}`, `/api/v1/accounts/${member.accountId}/statuses`]
    for (let round = 0; round < 5; round++) {
      for (const _ of ["first", "kept"]) expect((await ask(page)).status).toBe(200)
      expect((await ask(list)).body).toHaveLength(1)
      await changeVisibility(ctx, member, post, round % 2 ? "direct" : "private")
      expect((await ask(page)).status).toBe(404)
      expect((await ask(list)).body).toEqual([])
      await changeVisibility(ctx, member, post, "public")
    }
  })

  test("is gone with the account", async ({ api, ask }) => {
    const [, leaver] = [await aBrowser(api.app), await aBrowser(api.app)]
    const { body } = await ask(`/api/v1/accounts/lookup?acct=${leaver.username}`)
    const { id: accountId } = body
    const [app] = await api.ctx.db.select().from(apps)
    if (!app) throw new Error("no app")
    const post = await aPost(api.ctx, { accountId, appId: app.id })
    const pages = [
      `/api/v1/accounts/${accountId}`,
      `/api/v1/accounts/${accountId}/statuses`,
      `/api/v1/statuses/${post}`,
    ]
    for (const page of [...pages, ...pages]) expect((await ask(page)).status).toBe(200)
    for (const page of pages) expect(isHit((await ask(page)).headers)).toBe(true)
    const { password, headers } = leaver
    const left = await api.app.inject({
      method: "DELETE",
      url: "/api/tintype/v1/account",
      headers,
      payload: { password },
    })
    expect(left.statusCode).toBe(200)
    for (const page of pages) expect((await ask(page)).status, page).toBe(404)
    expect((await ask("/api/v1/directory")).text).not.toContain(leaver.username)
  })

  test("shows a new count of likes once it was fetched anew, and keeps nobody waiting for it", async ({
    api: { ctx },
    ask,
  }) => {
    const member = await aMember(ctx)
    const post = await aPost(ctx, member)
    const page = `/api/v1/statuses/${post}`
    expect((await ask(page)).body).toMatchObject({ favourites_count: 0 })
    await favouritePost(ctx, await aMember(ctx), post)
    await foldFavourites(ctx, member.accountId, post)

    const statuses = new Set<string | null>()
    await expect
      .poll(async () => {
        const { headers, body } = await ask(page)
        statuses.add(headers.get("cache-status")?.split(";")[1]?.trim() ?? null)
        return body.favourites_count
      })
      .toBe(1)
    expect([...statuses]).toEqual(["hit"])
  })

  test("is theirs alone: members get their own answer, which nobody keeps", async ({ api, ask }) => {
    const member = await aMember(api.ctx)
    const page = `/api/v1/accounts/${member.accountId}`
    await ask(page)
    expect(isHit((await ask(page)).headers)).toBe(true)
    const { headers, username } = await aBrowser(api.app)
    const lookup = `/api/v1/accounts/lookup?acct=${username}`
    expect((await ask(lookup)).body).toEqual((await ask(lookup)).body)
    expect(isHit((await ask(lookup)).headers)).toBe(true)
    for (const known of [headers, { cookie: "unknown=1" }]) {
      const answer = await ask(page, known)
      expect(answer.headers.get("cache-control")).toBe("private, no-store")
      expect(isHit(answer.headers)).toBe(false)
    }
    expect((await ask(page, { authorization: "Bearer nobody's" })).status).toBe(401)
    expect(isHit((await ask(page)).headers)).toBe(true)
  })

  test("shows nothing of what only the gateway is told", async ({ api, ask }) => {
    const member = await aMember(api.ctx)
    for (const _ of ["first", "kept"]) {
      const { headers } = await ask(`/api/v1/accounts/${member.accountId}`)
      expect(headers.get("surrogate-key")).toBeNull()
      expect(headers.get("cdn-cache-control")).toBeNull()
      expect(headers.get("cache-control")).toBe("no-cache")
      expect(headers.get("vary")).toContain("Authorization, Cookie")
    }
  })
})

describe("poisoning the api through the gateway", () => {
  const CANARY = "canary.example"
  const NAMES = [
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Content-Type",
    "Origin",
    "Referer",
    "User-Agent",
  ]
    .concat([
      "X-Forwarded-Host",
      "X-Forwarded-Prefix",
      "X-Original-URL",
      "X-HTTP-Method-Override",
      "Forwarded",
    ])
    .concat(["X-Forwarded-Proto", "X-Request-Id", "Via", "TE", "Prefer", "From", "X-Requested-With", "DNT"])

  test("no header of one stranger is seen by another", async ({ api, ask }) => {
    const member = await aMember(api.ctx)
    for (const name of NAMES) {
      const page = `/api/v1/accounts/${member.accountId}/statuses?canary=${name}`
      const poisoned = await ask(page, { [name]: CANARY })
      const clean = await ask(page)
      expect(clean.status, name).toBe(200)
      for (const answer of [poisoned, clean]) {
        const { text, headers } = answer
        expect(`${text} ${[...headers].flat().join(" ")}`, name).not.toContain(CANARY)
      }
    }
  })

  test.for([
    "/api/v1/accounts/verify_credentials/x.css",
    "/api/v1/accounts/verify_credentials;a.js",
    "/api/v1/accounts/verify_credentials%2f..%2fx.js",
    "/api/v1/accounts/verify_credentials%00.css",
    "/api/v1/accounts/verify_credentials//x.css",
    "/api/v1/accounts/verify_credentials?x.css",
    "/api/v1/accounts/verify_credentials/",
    "/api//v1/accounts/verify_credentials",
  ])("%s gives nobody what is a member's", async (path, { api, ask }) => {
    const { headers, username } = await aBrowser(api.app)
    await ask(path, headers)
    const stranger = await ask(path)
    expect(stranger.status).toBeGreaterThanOrEqual(400)
    expect(stranger.text).not.toContain(username)
    expect(isHit(stranger.headers)).toBe(false)
  })
})
