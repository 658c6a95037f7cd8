import { type Auth, route, type Scope } from "@tintype/contract"
import { Type } from "typebox"
import { expect } from "vitest"
import { type Api, test } from "../testing/api-test.ts"
import { aBrowser, aCode, anApp, anAppToken, bearer, exchange } from "../testing/client.ts"
import { serve } from "./serve.ts"

const Answer = Type.Object({ caller: Type.String() })

/** A colon in a path would name a parameter. */
const urlOf = (auth: string, scope = "none") => `/api/${auth}/${scope.replace(":", "-")}`

const guarded = (auth: Auth, scope?: Scope) =>
  route({
    method: "POST",
    url: urlOf(auth, scope),
    summary: "",
    tag: "test",
    auth,
    ...(scope && { scope }),
    body: Type.Object({ must: Type.String() }),
    response: { 200: Answer },
  })

const AUTHS = ["anyone", "optional", "app", "member"] as const
const SCOPES = ["read:statuses", "write:statuses", "write:follows"] as const

const build = (api: Api) =>
  api.withRoutes((app, ctx) => {
    for (const each of AUTHS.flatMap((auth) => [undefined, ...SCOPES].map((scope) => guarded(auth, scope)))) {
      serve(app, ctx, each, ({ actor }) => ({
        caller: actor === null ? "nobody" : "accountId" in actor && actor.accountId ? "member" : "app",
      }))
    }
  })

/** A member's token with these scopes, and their app's own. */
async function tokens({ app }: Api, scope: string) {
  const client = await anApp(app, scope)
  const code = await aCode(app, client, await aBrowser(app), { scope })
  const member = (await exchange(app, client, code)).json().access_token
  return { member: bearer(member), app: bearer(await anAppToken(app, client, scope)), nobody: {} }
}

test.for([
  ["anyone", "nobody", 200, "nobody"],
  ["anyone", "app", 200, "nobody"],
  ["anyone", "member", 200, "nobody"],
  ["optional", "nobody", 200, "nobody"],
  ["optional", "app", 200, "nobody"],
  ["optional", "member", 200, "member"],
  ["app", "nobody", 401, undefined],
  ["app", "app", 200, "app"],
  ["app", "member", 200, "member"],
  ["member", "nobody", 401, undefined],
  ["member", "app", 422, undefined],
  ["member", "member", 200, "member"],
] as const)("a route for %s, called by %s, answers %i", async ([auth, who, status, caller], { api }) => {
  const app = await build(api)
  const headers = (await tokens(api, "read"))[who]
  const response = await app.inject({
    method: "POST",
    url: urlOf(auth),
    headers,
    payload: { must: "x" },
  })
  expect(response.statusCode).toBe(status)
  if (caller) expect(response.json()).toEqual({ caller })
  if (status === 401) expect(response.json()).toEqual({ error: "The access token is invalid" })
  if (status === 422) expect(response.json()).toEqual({ error: "This method requires an authenticated user" })
})

const MATRIX = {
  read: ["read:statuses"],
  "read:statuses": ["read:statuses"],
  "read:accounts": [],
  write: ["write:statuses", "write:follows"],
  "write:media": [],
  follow: ["write:follows"],
  push: [],
  "read write": SCOPES,
} satisfies Record<string, readonly Scope[]>

test.for(Object.entries(MATRIX))(
  "a token for %s may do %j and nothing else",
  async ([granted, allowed], { api }) => {
    const app = await build(api)
    const headers = (await tokens(api, granted)).member
    for (const scope of SCOPES) {
      for (const auth of ["optional", "app", "member"]) {
        const url = urlOf(auth, scope)
        const response = await app.inject({ method: "POST", url, headers, payload: { must: "x" } })
        const may = allowed.some((each) => each === scope)
        expect(response.statusCode, `${granted} at ${url}`).toBe(may ? 200 : 403)
        if (!may) expect(response.json()).toEqual({ error: "This action is outside the authorized scopes" })
      }
    }
  },
)

test.for(["Bearer nonsense", `Bearer ${"x".repeat(43)}`, `bearer  ${"y".repeat(43)}  `])(
  "%s is refused wherever a token counts",
  async (authorization, { api }) => {
    const app = await build(api)
    for (const auth of ["optional", "app", "member"]) {
      const request = { method: "POST", url: urlOf(auth), payload: { must: "x" } } as const
      const response = await app.inject({ ...request, headers: { authorization } })
      expect(response.statusCode).toBe(401)
      expect(response.headers["www-authenticate"]).toMatch(/^Bearer .*invalid_token/)
    }
  },
)

test("who calls is settled before the body is looked at", async ({ api }) => {
  const app = await build(api)
  const broken = { "content-type": "application/json" }
  const request = { method: "POST", url: urlOf("member", "read:statuses"), payload: "{" } as const
  expect((await app.inject({ ...request, headers: broken })).statusCode).toBe(401)
  const { member } = await tokens(api, "write")
  expect((await app.inject({ ...request, headers: { ...broken, ...member } })).statusCode).toBe(403)
})

test("a cookie that is no good counts as none", async ({ api }) => {
  const app = await build(api)
  const headers = { cookie: `tintype=${"x".repeat(43)}`, "sec-fetch-site": "same-origin" }
  const request = { method: "POST", headers, payload: { must: "x" } } as const
  expect((await app.inject({ ...request, url: urlOf("optional") })).json()).toEqual({ caller: "nobody" })
  expect((await app.inject({ ...request, url: urlOf("member") })).statusCode).toBe(401)
})

test("a token in the header counts before the cookie", async ({ api }) => {
  const app = await build(api)
  const { cookie } = await aBrowser(api.app)
  const { member } = await tokens(api, "push")
  const request = { method: "POST", url: urlOf("member", "read:statuses"), payload: { must: "x" } } as const
  expect((await app.inject({ ...request, headers: { cookie, ...member } })).statusCode).toBe(403)
})
