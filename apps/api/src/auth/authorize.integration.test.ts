import type { FastifyInstance } from "fastify"
import { expect } from "vitest"
import { test } from "../testing/api-test.ts"
import {
  aBrowser,
  aCode,
  anApp,
  authorizeUrl,
  type Browser,
  cookieOf,
  exchange,
  REDIRECT,
  type TestApp,
} from "../testing/client.ts"

const form = { "content-type": "application/x-www-form-urlencoded" }

const get = (app: FastifyInstance, url: string, browser?: Browser) =>
  app.inject({ url, headers: browser?.headers ?? {} })

const decide = (app: FastifyInstance, url: string, headers: Record<string, string>, decision = "allow") =>
  app.inject({ method: "POST", url, headers: { ...headers, ...form }, payload: `decision=${decision}` })

const signInAt = (app: FastifyInstance, url: string, login: string, password: string, headers = {}) =>
  app.inject({
    method: "POST",
    url: url.replace("/oauth/authorize", "/oauth/authorize/sign_in"),
    headers: { "sec-fetch-site": "same-origin", ...headers, ...form },
    payload: new URLSearchParams({ login, password }).toString(),
  })

test("signed out there is a form; signed in there is a question; then the code, the state and the issuer", async ({
  api: { app, ctx },
}) => {
  const client = await anApp(app)
  const { username, password } = await aBrowser(app)
  const url = authorizeUrl(client, { state: "s&t" })
  const signedOut = await get(app, url)
  expect(signedOut.statusCode).toBe(200)
  expect(signedOut.headers["content-type"]).toBe("text/html; charset=utf-8")
  expect(signedOut.body).toContain('type="password"')

  const signedIn = await signInAt(app, url, username, password)
  expect(signedIn.statusCode).toBe(303)
  expect(signedIn.headers.location).toBe(url)
  const headers = { cookie: cookieOf(signedIn), "sec-fetch-site": "same-origin" }

  const question = await app.inject({ url, headers })
  expect(question.body).toContain("Test client")
  expect(question.body).toContain(`@${username}`)
  expect(question.body).toContain("Act in your name")
  const allowed = await decide(app, url, headers)
  expect(allowed.statusCode).toBe(303)
  const target = new URL(String(allowed.headers.location))
  expect(target.origin + target.pathname).toBe(REDIRECT)
  expect(target.searchParams.get("state")).toBe("s&t")
  expect(target.searchParams.get("iss")).toBe(ctx.settings.publicUrl)
  expect((await exchange(app, client, target.searchParams.get("code") ?? "")).statusCode).toBe(200)
})

test("a wrong password is told on the form, the same as an unknown name", async ({ api: { app } }) => {
  const url = authorizeUrl(await anApp(app))
  const { username } = await aBrowser(app)
  const wrong = await signInAt(app, url, username, "wrong password")
  const unknown = await signInAt(app, url, "nobody_of_that_name", "wrong password")
  expect(wrong.statusCode).toBe(422)
  expect(unknown.statusCode).toBe(422)
  expect(wrong.body).toContain("are not right")
  expect(wrong.body.replaceAll(username, "X")).toBe(unknown.body.replaceAll("nobody_of_that_name", "X"))
  expect(wrong.headers["set-cookie"]).toBeUndefined()
})

test("a denial goes to the app", async ({ api: { app } }) => {
  const { headers } = await aBrowser(app)
  const denied = await decide(app, authorizeUrl(await anApp(app), { state: "s" }), headers, "deny")
  const { searchParams } = new URL(String(denied.headers.location))
  expect(searchParams.get("error")).toBe("access_denied")
  expect(searchParams.get("state")).toBe("s")
  expect(searchParams.has("code")).toBe(false)
})

test.for([
  "https://evil.example/callback",
  `${REDIRECT}/more`,
  `${REDIRECT}?more`,
  `${REDIRECT}#fragment`,
  "https://client.example:8443/callback",
  "https://client.example/CALLBACK",
  "https://client.example.evil.example/callback",
  "https://client.example@evil.example/callback",
  "http://client.example/callback",
  "javascript:alert(1)",
  "//client.example/callback",
  "urn:ietf:wg:oauth:2.0:oob",
])("nothing is ever sent to %s, which was not registered", async (redirect_uri, { api: { app } }) => {
  const browser = await aBrowser(app)
  const url = authorizeUrl(await anApp(app), { redirect_uri, scope: "read" })
  for (const response of [await get(app, url, browser), await decide(app, url, browser.headers)]) {
    expect(response.statusCode).toBe(400)
    expect(response.headers.location).toBeUndefined()
    expect(response.body).toContain("redirect URI")
  }
})

test("an unknown app is told on a page", async ({ api: { app } }) => {
  const response = await get(app, authorizeUrl({ clientId: "<script>x</script>", clientSecret: "" }))
  expect(response.statusCode).toBe(401)
  expect(response.headers["content-type"]).toBe("text/html; charset=utf-8")
  expect(response.body).not.toContain("<script>")
})

test.for([
  [{ response_type: "token" }, "unsupported_response_type"],
  [{ response_type: undefined }, "unsupported_response_type"],
  [{ scope: "everything" }, "invalid_scope"],
  [{ code_challenge: "a".repeat(43), code_challenge_method: "plain" }, "invalid_request"],
  [{ code_challenge: "a".repeat(43) }, "invalid_request"],
  [{ code_challenge: "short", code_challenge_method: "S256" }, "invalid_request"],
  [{ code_challenge_method: "S256" }, "invalid_request"],
  [{ prompt: "none" }, "consent_required"],
] as const)("%j is told to the app: %s", async ([change, error], { api: { app } }) => {
  const browser = await aBrowser(app)
  const response = await get(app, authorizeUrl(await anApp(app), { state: "s", ...change }), browser)
  expect(response.statusCode).toBe(303)
  const target = new URL(String(response.headers.location))
  expect(target.searchParams.get("error")).toBe(error)
  expect(target.searchParams.get("state")).toBe("s")
})

test("without a session, prompt=none says so", async ({ api: { app } }) => {
  const response = await get(app, authorizeUrl(await anApp(app), { prompt: "none" }))
  expect(new URL(String(response.headers.location)).searchParams.get("error")).toBe("login_required")
})

test.for([{ force_login: "true" }, { prompt: "login" }])(
  "with %j the member signs in again, once",
  async (change, { api: { app } }) => {
    const browser = await aBrowser(app)
    const client = await anApp(app)
    const url = authorizeUrl(client, change)
    expect((await get(app, url, browser)).body).toContain('type="password"')
    const again = await signInAt(app, url, browser.username, browser.password, { cookie: browser.cookie })
    expect(again.headers.location).toBe(authorizeUrl(client))
    const before = await get(app, authorizeUrl(client), browser)
    expect(before.body).toContain('type="password"')
  },
)

test("out of band the page shows the code", async ({ api: { app } }) => {
  const redirect_uri = "urn:ietf:wg:oauth:2.0:oob"
  const registered = await app.inject({
    method: "POST",
    url: "/api/v1/apps",
    payload: { client_name: "toot", redirect_uris: redirect_uri, scopes: "read" },
  })
  const client: TestApp = {
    clientId: registered.json().client_id,
    clientSecret: registered.json().client_secret,
  }
  const { headers } = await aBrowser(app)
  const response = await decide(app, authorizeUrl(client, { redirect_uri, scope: "read" }), headers)
  expect(response.statusCode).toBe(200)
  const code = /<code id="code">([\w-]{43})<\/code>/.exec(response.body)?.[1] ?? ""
  expect((await exchange(app, client, code, { redirect_uri })).statusCode).toBe(200)
})

test("names and addresses that apps choose are text on the page, never markup", async ({ api: { app } }) => {
  const registered = await app.inject({
    method: "POST",
    url: "/api/v1/apps",
    payload: {
      client_name: `"><script>alert(1)</script><img src=x onerror=alert(2)>`,
      redirect_uris: `https://client.example/'onmouseover='x`,
      website: `https://x.example/"onclick="x`,
    },
  })
  const client = { clientId: registered.json().client_id, clientSecret: "" }
  const url = authorizeUrl(client, {
    redirect_uri: `https://client.example/'onmouseover='x`,
    scope: "read",
    state: `"><script>alert(3)</script>`,
  })
  for (const response of [await get(app, url), await get(app, url, await aBrowser(app))]) {
    expect(response.statusCode).toBe(200)
    expect(response.body).not.toMatch(/<script|<img|"on\w+=|'on\w+=/)
  }
})

test("no page runs a script, is framed or kept", async ({ api: { app } }) => {
  const client = await anApp(app)
  const pages = [
    await get(app, authorizeUrl(client)),
    await get(app, authorizeUrl(client), await aBrowser(app)),
    await get(app, authorizeUrl(client, { redirect_uri: "https://evil.example" })),
    await get(app, authorizeUrl(client).replace("/authorize?", "/authorize/?")),
  ]
  for (const { headers, body } of pages) {
    expect(headers["content-security-policy"]).toMatch(/default-src 'none';.*frame-ancestors 'none'/)
    expect(headers["content-security-policy"]).not.toMatch(/script-src|unsafe/)
    expect(headers["x-frame-options"]).toBe("DENY")
    expect(headers["cache-control"]).toBe("no-store")
    expect(body).toMatch(/^<!doctype html>/)
  }
  const style = /href="([^"]+\.css)"/.exec(pages[0]?.body ?? "")?.[1] ?? ""
  expect((await get(app, style)).headers["content-type"]).toBe("text/css; charset=utf-8")
})

test("another site's page can neither allow nor sign in", async ({ api: { app } }) => {
  const browser = await aBrowser(app)
  const url = authorizeUrl(await anApp(app))
  for (const headers of [
    { cookie: browser.cookie, "sec-fetch-site": "cross-site" },
    { cookie: browser.cookie, "sec-fetch-site": "same-site" },
    { cookie: browser.cookie, origin: "https://evil.example" },
    { cookie: browser.cookie, origin: "null" },
    { cookie: browser.cookie },
  ]) {
    const response = await decide(app, url, headers)
    expect(response.statusCode).toBe(403)
    expect(response.headers.location).toBeUndefined()
  }
  const foreign = { "sec-fetch-site": "cross-site" }
  expect((await signInAt(app, url, browser.username, browser.password, foreign)).statusCode).toBe(403)
})

test("a token of an app, put into the cookie, cannot grant more", async ({ api: { app } }) => {
  const browser = await aBrowser(app)
  const client = await anApp(app)
  const token = (await exchange(app, client, await aCode(app, client, browser))).json().access_token
  const headers = { cookie: `tintype=${token}`, "sec-fetch-site": "same-origin" }
  const response = await decide(app, authorizeUrl(client, { scope: "read write follow push" }), headers)
  expect(response.headers.location).toMatch(/^\/oauth\/authorize\?/)
  expect((await app.inject({ url: authorizeUrl(client), headers })).body).toContain('type="password"')
})

test("signing in at the form ends the session that was there before", async ({ api: { app } }) => {
  const browser = await aBrowser(app)
  const url = authorizeUrl(await anApp(app))
  await signInAt(app, url, browser.username, browser.password, { cookie: browser.cookie })
  const old = await app.inject({ method: "DELETE", url: "/api/tintype/v1/session", headers: browser.headers })
  expect(old.statusCode).toBe(401)
})
