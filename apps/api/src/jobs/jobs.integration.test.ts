import { routes } from "@tintype/contract"
import {
  accessTokens,
  accounts,
  outbox,
  parseId,
  workflowItems,
  workflowRuns,
  workflowSteps,
} from "@tintype/db"
import { jobs } from "@tintype/domain"
import { expect, onTestFinished } from "vitest"
import { type Api, test as base } from "../testing/api-test.ts"
import { aBrowser, aCode, anApp, type Browser, bearer, cookieOf, exchange } from "../testing/client.ts"

const BASE = "/api/tintype/v1/admin/jobs"
const OWNER = parseId<"account">("4194304001")
const ID = "0199a6b0-0000-7000-8000-00000000000"

/** The first who signs up is the admin. */
const test = base
  .extend("admin", { scope: "file" }, ({ api }): Promise<Browser> => aBrowser(api.app))
  .extend("ask", { scope: "file" }, ({ api, admin }) => {
    return async (method: "GET" | "POST" | "PATCH" | "PUT", path: string, payload?: object) => {
      const { headers } = admin
      const response = await api.app.inject({
        method,
        url: `${BASE}${path}`,
        headers,
        ...(payload && { payload }),
      })
      return { status: response.statusCode, body: response.json() }
    }
  })

const bury = ({ ctx }: Api, count: number, first = 0) =>
  ctx.db.insert(outbox).values(
    Array.from({ length: count }, (_, index) => ({
      ownerId: OWNER ?? ("" as never),
      id: `${ID}${first + index}`,
      name: "media.develop",
      class: "media",
      payload: { mediaId: "1" },
      attempts: 3,
      deadAt: new Date(Date.now() - 1_000 * index),
      deadReason: "exhausted" as const,
      lastError: "no luck",
    })),
  )

const adminRoutes = Object.values(routes).filter(({ auth }) => auth === "admin")
const urlOf = (url: string) =>
  url
    .replace(":class", "feed")
    .replace(":owner", "4194304001")
    .replace(":id", `${ID}0`)
    .replace(":name", "none")
    .replace(":act", "run")
    .replace(":step", "none")

test("every call is refused to who is not an admin, and to a token without the scope", async ({
  api,
  admin,
}) => {
  const { app } = api
  const member = await aBrowser(app)
  const client = await anApp(app, "read write admin:read")
  const token = (await exchange(app, client, await aCode(app, client, admin, { scope: "read write" }))).json()
  expect(adminRoutes.length).toBeGreaterThan(15)
  for (const { method, url } of adminRoutes) {
    const call = async (headers: Record<string, string>) =>
      (await app.inject({ method, url: urlOf(url), headers })).statusCode
    expect([url, await call({})]).toEqual([url, 401])
    expect([url, await call(member.headers)]).toEqual([url, 403])
    expect([url, await call(bearer(token.access_token))]).toEqual([url, 403])
  }
})

test("a class is seen and told what to do, and the audit says by whom", async ({ ask, admin }) => {
  const { body } = await ask("GET", "/classes")
  expect(body).toHaveLength(7)
  expect(body[0]).toMatchObject({ name: "media", state: "running", waiting: 0, concurrency: null })
  const changed = await ask("PATCH", "/classes/media", { state: "paused", concurrency: 3 })
  expect(changed).toMatchObject({ status: 200, body: { state: "paused", concurrency: 3 } })
  expect(await ask("PATCH", "/classes/media", { concurrency: null })).toMatchObject({
    body: { state: "paused", concurrency: null },
  })
  expect((await ask("PATCH", "/classes/media", { concurrency: 0 })).status).toBe(422)
  expect((await ask("PATCH", "/classes/paint", {})).status).toBe(404)
  await ask("PATCH", "/classes/media", { state: "running" })
  const { items } = (await ask("GET", "/audit?subject=media")).body
  expect(items.map(({ action }: { action: string }) => action).sort()).toEqual([
    "class.concurrency",
    "class.concurrency",
    "class.pause",
    "class.resume",
  ])
  expect(items[0].actor).toBe(admin.username)
})

test("dead letters are paged, mended, sent again and discarded", async ({ api, ask }) => {
  await bury(api, 5)
  const first = (await ask("GET", "/dead?limit=3")).body
  const second = (await ask("GET", `/dead?limit=3&after=${first.next}`)).body
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(
    [0, 1, 2, 3, 4].map((n) => `${ID}${n}`),
  )
  expect(second.next).toBeNull()
  const path = `/dead/4194304001/${ID}0`
  expect((await ask("PUT", path, { payload: { wrong: true } })).status).toBe(422)
  expect(await ask("PUT", path, { payload: { mediaId: "2" } })).toMatchObject({
    body: { payload: { mediaId: "2" } },
  })
  const key = { owner_id: "4194304001", id: `${ID}0` }
  expect((await ask("POST", "/dead/retry", { jobs: [key] })).body).toEqual({ count: 1 })
  const life = (await ask("GET", `/jobs/4194304001/${ID}0`)).body
  expect(life).toMatchObject({ unfinished: { name: "media.develop", payload: { mediaId: "2" } }, dead: null })
  expect(life.audit).toHaveLength(2)
  expect((await ask("POST", "/dead/discard", {})).status).toBe(422)
  expect((await ask("POST", "/dead/discard", { filter: { class: "feed" } })).body).toEqual({ count: 0 })
  expect((await ask("POST", "/dead/discard", { filter: {} })).body).toEqual({ count: 4 })
})

test("a job that waits is found, and cancelled with what follows from that", async ({ api, ask }) => {
  const name = jobs[0].name
  await api.ctx.db.insert(outbox).values({
    ...{ ownerId: OWNER ?? ("" as never), id: `${ID}9`, name, class: "upkeep", payload: { keys: ["none"] } },
  })
  const found = (await ask("GET", `/unfinished?name=${name}&owner=4194304001`)).body
  expect(found.items).toMatchObject([{ id: `${ID}9`, state: "waiting" }])
  const path = `/jobs/4194304001/${ID}9`
  expect(await ask("POST", `${path}/cancel`)).toMatchObject({
    status: 200,
    body: { dead: { reason: "cancelled" } },
  })
  expect((await ask("POST", `${path}/cancel`)).status).toBe(404)
  expect((await ask("GET", `/jobs/4194304001/${ID}8`)).status).toBe(404)
  expect((await ask("GET", "/unfinished?from=yesterday")).status).toBe(422)
})

/** A run of another release's workflow that waits for a word and then for another. */
async function aPatientRun({ ctx }: Api): Promise<string> {
  onTestFinished(async () => {
    for (const table of [workflowItems, workflowSteps, workflowRuns]) await ctx.db.delete(table)
  })
  const run = { ownerId: OWNER ?? ("" as never), id: `${ID}7` }
  await ctx.db.insert(workflowRuns).values({ ...run, name: "old.patient", input: {} })
  const about = { ownerId: run.ownerId, runId: run.id }
  const spec = { kind: "signal", class: "upkeep", undo: false, seconds: 3600 }
  await ctx.db.insert(workflowSteps).values([
    { ...about, step: "one", position: 0, spec: { ...spec, after: [] }, state: "listening" },
    { ...about, step: "two", position: 1, spec: { ...spec, after: ["one"] } },
  ])
  const items = [0, 1, 2].map((index) => ({ ...about, step: "one", index, value: { n: index } }))
  await ctx.db.insert(workflowItems).values(items)
  return `/workflows/4194304001/${run.id}`
}

test("a step that waits for a word is given it once, by an admin; its run is cancelled", async ({
  api,
  ask,
}) => {
  const path = await aPatientRun(api)
  const signal = (step: string) => ask("POST", `${path}/steps/${step}/signal`, { payload: { go: true } })
  expect((await ask("GET", path)).body.steps).toMatchObject([
    { told: false, expects: null },
    { told: false, result: null },
  ])
  expect((await signal("two")).body.steps[1]).toMatchObject({ kind: "signal", state: "waiting", told: true })
  expect((await signal("two")).status).toBe(409)
  expect((await signal("three")).status).toBe(409)
  expect((await ask("POST", `/workflows/4194304001/${ID}6/steps/one/signal`, {})).status).toBe(404)
  expect((await ask("GET", path)).body.state).toBe("running")
  expect(await signal("one")).toMatchObject({
    status: 200,
    body: { state: "done", steps: [{ result: '{"go":true}' }, { told: true }] },
  })
  expect((await ask("POST", `${path}/cancel`)).status).toBe(404)
  const { items } = (await ask("GET", `/audit?subject=${ID}7`)).body
  expect(items).toMatchObject([
    { action: "workflow.signal", detail: { step: "one" } },
    { action: "workflow.signal", detail: { step: "two" } },
  ])
})

test("the items of a step come page by page", async ({ api, ask }) => {
  const path = await aPatientRun(api)
  const first = await ask("GET", `${path}/steps/one/items?limit=2`)
  expect(first.body.items).toMatchObject([
    { index: 0, value: '{"n":0}', state: "waiting", result: null },
    { index: 1 },
  ])
  const second = await ask("GET", `${path}/steps/one/items?limit=2&after=${first.body.next}`)
  expect(second.body).toMatchObject({ items: [{ index: 2 }], next: null })
  expect((await ask("GET", `${path}/steps/one/items?after=x`)).status).toBe(422)
  expect((await ask("GET", `/workflows/4194304001/${ID}6/steps/one/items`)).status).toBe(404)
})

test("what there is none of is an empty list", async ({ ask }) => {
  for (const path of ["/minutes?hours=3", "/schedules", "/workers"]) {
    expect([path, (await ask("GET", path)).body]).toEqual([path, []])
  }
  for (const path of ["/runs?state=dead&trace=none", "/workflows", "/schedules/none/runs"]) {
    expect([path, (await ask("GET", path)).body]).toEqual([path, { items: [], next: null }])
  }
  expect((await ask("POST", "/schedules/none/run")).status).toBe(404)
})

/** Before anybody asked with it: what is written down stays out of the cache. */
const narrow = ({ ctx }: Api, scopes: string[]) => ctx.db.update(accessTokens).set({ scopes })

test("an admin whose session is older than the scopes need not sign in again; an app's token stays what it is", async ({
  api,
  admin,
}) => {
  const { app } = api
  const client = await anApp(app, "read write")
  const token = (await exchange(app, client, await aCode(app, client, admin, { scope: "read write" }))).json()
  const { username, password } = admin
  const signedIn = await app.inject({
    method: "POST",
    url: "/api/tintype/v1/session",
    headers: { "sec-fetch-site": "same-origin" },
    payload: { login: username, password },
  })
  await narrow(api, ["read", "write", "follow", "push", "profile"])
  const name = cookieOf(signedIn).split("=", 1)[0]
  const look = async (headers: Record<string, string>) =>
    (await app.inject({ url: `${BASE}/classes`, headers })).statusCode
  expect(await look({ ...admin.headers, cookie: cookieOf(signedIn) })).toBe(200)
  expect(await look(bearer(token.access_token))).toBe(403)
  expect(await look({ ...admin.headers, cookie: `${name}=${token.access_token}` })).toBe(403)
})

test("a token with admin:read sees and does not act; one who is no admin any more does neither", async ({
  api,
  admin,
}) => {
  const { app, ctx } = api
  const client = await anApp(app, "admin:read")
  const code = await aCode(app, client, admin, { scope: "admin:read" })
  const headers = bearer((await exchange(app, client, code)).json().access_token)
  const look = () => app.inject({ url: `${BASE}/classes`, headers })
  expect((await look()).statusCode).toBe(200)
  const acted = await app.inject({ method: "PATCH", url: `${BASE}/classes/feed`, headers, payload: {} })
  expect(acted.statusCode).toBe(403)
  await ctx.db.update(accounts).set({ role: "member" })
  expect((await look()).statusCode).toBe(403)
})
