import { accessTokens, apps, authorizationCodes, credentials } from "@tintype/db"
import { expect } from "vitest"
import { test } from "../testing/api-test.ts"
import {
  aBrowser,
  aCode,
  anApp,
  anAppToken,
  authorizeUrl,
  bearer,
  exchange,
  pkce,
  postToken,
  REDIRECT,
  whoAmI,
} from "../testing/client.ts"

test("an app registers by JSON, form and multipart alike, with one redirect URI or several", async ({
  api,
}) => {
  const { app } = api
  const url = "/api/v1/apps"
  const uris = "https://a.example/cb\nurn:ietf:wg:oauth:2.0:oob"
  const payloads = [
    { client_name: "A", redirect_uris: uris, scopes: "read write" },
    { client_name: "A", redirect_uris: uris.split("\n"), scopes: "read write", website: null },
  ]
  const form = new FormData()
  for (const [name, value] of Object.entries(payloads[0] ?? {})) form.append(name, String(value))
  const answers = [
    ...(await Promise.all(payloads.map((payload) => app.inject({ method: "POST", url, payload })))),
    await app.inject({
      method: "POST",
      url,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: new URLSearchParams({
        client_name: "A",
        redirect_uris: uris,
        scopes: "read write",
      }).toString(),
    }),
    await app.inject({ method: "POST", url, payload: form }),
  ]
  for (const answer of answers) {
    expect(answer.json()).toEqual({
      id: expect.stringMatching(/^\d+$/),
      name: "A",
      website: null,
      scopes: ["read", "write"],
      redirect_uris: uris.split("\n"),
      redirect_uri: uris,
      vapid_key: "",
      client_id: expect.stringMatching(/^[\w-]{43}$/),
      client_secret: expect.stringMatching(/^[\w-]{43}$/),
      client_secret_expires_at: 0,
    })
  }
})

test.for([
  [{ redirect_uris: "javascript:alert(1)" }, /Redirect URI/],
  [{ redirect_uris: "https://a.example/#x" }, /Redirect URI/],
  [{ redirect_uris: "" }, /redirect_uris/],
  [{ scopes: "read everything" }, /Scopes/],
  [{ website: "javascript:alert(1)" }, /Website/],
  [{ client_name: " " }, /name/],
] as const)("an app with %j is refused", async ([change, words], { api }) => {
  const payload = { client_name: "A", redirect_uris: "https://a.example/cb", ...change }
  const response = await api.app.inject({ method: "POST", url: "/api/v1/apps", payload })
  expect(response.statusCode).toBe(422)
  expect(response.json().error).toMatch(words)
})

test("an app's own token says which app it is, and is no member's", async ({ api }) => {
  const { app } = api
  const token = await anAppToken(app, await anApp(app))
  const verified = await whoAmI(app, bearer(token))
  expect(verified.json()).toMatchObject({ name: "Test client", redirect_uris: [REDIRECT] })
  expect(verified.json()).not.toHaveProperty("client_secret")
})

test.for([
  ["a wrong secret", { client_secret: "x" }],
  ["no secret", { client_secret: undefined }],
  ["an unknown client", { client_id: "x" }],
] as const)("%s is refused alike", async ([, change], { api }) => {
  const client = await anApp(api.app)
  const response = await postToken(api.app, client, { grant_type: "client_credentials", ...change })
  expect(response.statusCode).toBe(401)
  expect(response.json()).toEqual({
    error: "invalid_client",
    error_description: "Client authentication failed: the client is unknown or its secret is wrong.",
  })
})

test("a client may prove itself by HTTP Basic", async ({ api }) => {
  const { clientId, clientSecret } = await anApp(api.app)
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`
  const response = await api.app.inject({
    method: "POST",
    url: "/oauth/token",
    headers: { authorization },
    payload: { grant_type: "client_credentials" },
  })
  expect(response.json()).toMatchObject({ token_type: "Bearer", scope: "read" })
})

test.for(["\0:\0", "%00:secret", "no colon"])(
  "credentials such as %j are a wrong client's",
  async (text, { api }) => {
    const response = await api.app.inject({
      method: "POST",
      url: "/oauth/token",
      headers: { authorization: `Basic ${Buffer.from(text).toString("base64")}` },
      payload: { grant_type: "client_credentials" },
    })
    expect(response.statusCode).toBe(401)
    expect(response.json()).toMatchObject({ error: "invalid_client" })
  },
)

test("a code with its PKCE verifier becomes a token of the member", async ({ api }) => {
  const { app } = api
  const client = await anApp(app)
  const { verifier, challenge } = pkce()
  const code = await aCode(app, client, await aBrowser(app), {
    code_challenge: challenge,
    code_challenge_method: "S256",
  })
  const response = await exchange(app, client, code, { code_verifier: verifier })
  expect(response.json()).toMatchObject({ token_type: "Bearer", scope: "read write" })
  expect(response.headers["cache-control"]).toBe("no-store")
})

test.for([
  ["the verifier is missing", true, undefined],
  ["the verifier is wrong", true, pkce().verifier],
  ["the challenge itself is sent", true, "challenge"],
  ["there is a verifier, but the request had no challenge", false, pkce().verifier],
] as const)("no token when %s", async ([, challenged, verifier], { api }) => {
  const { app } = api
  const client = await anApp(app)
  const { challenge } = pkce()
  const query = challenged ? { code_challenge: challenge, code_challenge_method: "S256" } : {}
  const code = await aCode(app, client, await aBrowser(app), query)
  const response = await exchange(app, client, code, {
    code_verifier: verifier === "challenge" ? challenge : verifier,
  })
  expect(response.statusCode).toBe(400)
  expect(response.json().error).toBe("invalid_grant")
})

test.for([
  "https://client.example/callback/",
  "https://client.example/callback?x=1",
  "https://client.example/Callback",
  "https://client.example:443/callback",
  "https://CLIENT.example/callback",
  "https://client.example/callback/../callback",
  undefined,
] as const)("a code is not exchanged for the redirect URI %s", async (uri, { api }) => {
  const { app } = api
  const client = await anApp(app)
  const code = await aCode(app, client, await aBrowser(app))
  expect((await exchange(app, client, code, { redirect_uri: uri })).json().error).toBe("invalid_grant")
  expect((await exchange(app, client, code)).statusCode).toBe(200)
})

test("a code of one client is worth nothing to another", async ({ api }) => {
  const { app } = api
  const [client, thief] = [await anApp(app), await anApp(app)]
  const code = await aCode(app, client, await aBrowser(app))
  expect((await exchange(app, thief, code)).json().error).toBe("invalid_grant")
  expect((await exchange(app, client, code)).statusCode).toBe(200)
})

test("a code lives for ten minutes", async ({ api }) => {
  const { app, ctx } = api
  const client = await anApp(app)
  const code = await aCode(app, client, await aBrowser(app))
  await ctx.db.update(authorizationCodes).set({ expiresAt: new Date(Date.now() - 1) })
  expect((await exchange(app, client, code)).json().error).toBe("invalid_grant")
})

test("a second exchange is refused and ends the token of the first", async ({ api }) => {
  const { app } = api
  const client = await anApp(app)
  const code = await aCode(app, client, await aBrowser(app))
  const token = (await exchange(app, client, code)).json().access_token
  expect((await whoAmI(app, bearer(token))).statusCode).toBe(200)
  const second = await exchange(app, client, code)
  expect(second.statusCode).toBe(400)
  expect(second.json().error).toBe("invalid_grant")
  expect((await whoAmI(app, bearer(token))).statusCode).toBe(401)
})

test("fifty exchanges of one code at once give exactly one token", async ({ api }) => {
  const { app } = api
  const client = await anApp(app)
  const code = await aCode(app, client, await aBrowser(app))
  const answers = await Promise.all(Array.from({ length: 50 }, () => exchange(app, client, code)))
  const statuses = answers.map((each) => each.statusCode).sort()
  expect(statuses).toEqual([200, ...Array(49).fill(400)])
})

test("a revoked token is worth nothing at once, and revoking again is no error", async ({ api }) => {
  const { app } = api
  const client = await anApp(app)
  const token = await anAppToken(app, client)
  const url = "/oauth/revoke"
  const payload = { client_id: client.clientId, client_secret: client.clientSecret, token }
  expect((await whoAmI(app, bearer(token))).statusCode).toBe(200)
  const first = await app.inject({ method: "POST", url, payload })
  expect(first.statusCode).toBe(200)
  expect(first.json()).toEqual({})
  expect((await whoAmI(app, bearer(token))).json()).toEqual({ error: "The access token is invalid" })
  expect((await app.inject({ method: "POST", url, payload })).statusCode).toBe(200)
  const unknown = await app.inject({ method: "POST", url, payload: { ...payload, token: "x" } })
  expect(unknown.statusCode).toBe(200)
})

test("a client cannot revoke a token of another", async ({ api }) => {
  const { app } = api
  const [client, other] = [await anApp(app), await anApp(app)]
  const token = await anAppToken(app, client)
  const payload = { client_id: other.clientId, client_secret: other.clientSecret, token }
  const response = await app.inject({ method: "POST", url: "/oauth/revoke", payload })
  expect(response.statusCode).toBe(403)
  expect(response.json().error).toBe("unauthorized_client")
  expect((await whoAmI(app, bearer(token))).statusCode).toBe(200)
})

test.for([
  ["read", "read:statuses", 200],
  ["read", "read write", 400],
  ["read:statuses", "read", 400],
  ["read write", undefined, 200],
  ["read write", "everything", 400],
] as const)(
  "an app registered for %s that asks for %s gets a %i",
  async ([registered, scope, status], { api }) => {
    const client = await anApp(api.app, registered)
    const response = await postToken(api.app, client, { grant_type: "client_credentials", scope })
    expect(response.statusCode).toBe(status)
    if (status === 400) expect(response.json().error).toBe("invalid_scope")
    else expect(response.json().scope).toBe(scope ?? "read")
  },
)

test("other grants are refused in the form of RFC 6749", async ({ api }) => {
  const client = await anApp(api.app)
  const refused = await postToken(api.app, client, { grant_type: "password", username: "a", password: "b" })
  expect(refused.statusCode).toBe(400)
  expect(refused.json().error).toBe("unsupported_grant_type")
  const missing = await postToken(api.app, client, {})
  expect(missing.statusCode).toBe(400)
  expect(missing.json()).toEqual({
    error: "invalid_request",
    error_description: "Validation failed: grant_type can't be blank",
  })
})

test("the password grant works only where it was switched on", async ({ api }) => {
  const app = await api.withSettings({ passwordGrant: true })
  const client = await anApp(app)
  const { username, password } = await aBrowser(app)
  const grant = { grant_type: "password", username, password, scope: "read write" }
  expect((await postToken(app, client, grant)).json()).toMatchObject({ scope: "read write" })
  const wrong = await postToken(app, client, { ...grant, password: "wrong" })
  expect(wrong.json().error).toBe("invalid_grant")
})

test("an authorization request is bound by what the app registered", async ({ api }) => {
  const { app } = api
  const client = await anApp(app, "read")
  const { headers } = await aBrowser(app)
  const response = await app.inject({ url: authorizeUrl(client, { scope: "read write" }), headers })
  expect(new URL(String(response.headers.location)).searchParams.get("error")).toBe("invalid_scope")
})

test("what is kept of tokens, codes, secrets and passwords opens nothing", async ({ api }) => {
  const { app, ctx } = api
  const client = await anApp(app)
  const browser = await aBrowser(app)
  const code = await aCode(app, client, browser)
  const token = (await exchange(app, client, code)).json().access_token
  const tables = [apps, accessTokens, authorizationCodes, credentials]
  const rows = await Promise.all(tables.map((table) => ctx.db.select().from(table)))
  const kept = JSON.stringify(rows)
  expect(kept).toContain(client.clientId)
  for (const secret of [client.clientSecret, token, code, browser.password, browser.cookie.split("=")[1]]) {
    expect(kept).not.toContain(secret)
  }
})
