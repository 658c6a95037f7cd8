import type { FastifyInstance } from "fastify"
import { expect } from "vitest"
import { test } from "../testing/api-test.ts"
import { aBrowser, aSignUp, cookieOf } from "../testing/client.ts"

const url = "/api/tintype/v1/session"

const signIn = (
  app: FastifyInstance,
  login: string,
  password: string,
  headers: Record<string, string> = { "sec-fetch-site": "same-origin" },
) => app.inject({ method: "POST", url, headers, payload: { login, password } })

const signOut = (app: FastifyInstance, headers: Record<string, string>) =>
  app.inject({ method: "DELETE", url, headers })

test("a member signs in by name or address, in whatever letters", async ({ api: { app } }) => {
  const { username, password } = await aBrowser(app)
  for (const login of [username, username.toUpperCase(), `@${username}`, ` ${username}@Example.com `]) {
    const response = await signIn(app, login, password)
    expect(response.statusCode, login).toBe(200)
    expect(response.json()).toMatchObject({ username, source: {}, role: {} })
    expect(response.headers["set-cookie"]).toMatch(/^tintype=[\w-]{43}; .*HttpOnly; SameSite=Lax$/)
  }
})

test("over TLS the cookie is bound to the host", async ({ api }) => {
  const app = await api.withSettings({ publicUrl: "https://photos.example" })
  const { username, email, password } = aSignUp()
  const payload = { username, email, password }
  const response = await app.inject({ method: "POST", url: "/api/tintype/v1/sign_up", payload })
  expect(response.headers["set-cookie"]).toMatch(/^__Host-tintype=.*Path=\/; HttpOnly; SameSite=Lax; Secure$/)
})

test("a wrong password and an unknown name get the very same answer", async ({ api: { app } }) => {
  const { username } = await aBrowser(app)
  const answers = [
    await signIn(app, username, "wrong password"),
    await signIn(app, "nobody_of_that_name", "wrong password"),
    await signIn(app, "nobody@example.com", "wrong password"),
  ]
  for (const answer of answers) {
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toEqual({ error: "User name, e-mail address or password are not right" })
    expect(answer.headers["set-cookie"]).toBeUndefined()
  }
})

test("signing out ends the session, and clears the cookie", async ({ api: { app } }) => {
  const { headers } = await aBrowser(app)
  const response = await signOut(app, headers)
  expect(response.statusCode).toBe(200)
  expect(response.headers["set-cookie"]).toMatch(/^tintype=; Max-Age=0; /)
  expect((await signOut(app, headers)).statusCode).toBe(401)
})

test("signing in makes a new session and ends the one before", async ({ api: { app } }) => {
  const { username, password, cookie, headers } = await aBrowser(app)
  const response = await signIn(app, username, password, headers)
  expect(cookieOf(response)).not.toBe(cookie)
  expect((await signOut(app, headers)).statusCode).toBe(401)
  expect((await signOut(app, { ...headers, cookie: cookieOf(response) })).statusCode).toBe(200)
})

test.for([
  [{ "sec-fetch-site": "same-origin" }, 200],
  [{ "sec-fetch-site": "none" }, 200],
  [{ "sec-fetch-site": "same-site" }, 403],
  [{ "sec-fetch-site": "cross-site" }, 403],
  [{ "sec-fetch-site": "cross-site", origin: "http://localhost:8080" }, 403],
  [{ origin: "http://localhost:8080" }, 200],
  [{ origin: "http://localhost:8081" }, 403],
  [{ origin: "https://evil.example" }, 403],
  [{ origin: "null" }, 403],
  [{ origin: "http://localhost:8080.evil.example" }, 403],
  [{}, 403],
  [{ "x-forwarded-host": "evil.example", origin: "https://evil.example" }, 200],
] as const)("a request with the cookie and %j gets a %i", async ([marks, status], { api: { app } }) => {
  const { cookie } = await aBrowser(app)
  const response = await signOut(app, { cookie, ...marks })
  expect(response.statusCode).toBe(status)
})

test.for([
  [{ "sec-fetch-site": "cross-site" }, 403],
  [{ origin: "https://evil.example" }, 403],
  [{}, 200],
] as const)("signing in with %j gets a %i", async ([marks, status], { api: { app } }) => {
  const { username, password } = await aBrowser(app)
  expect((await signIn(app, username, password, marks)).statusCode).toBe(status)
})

test("a form of another site, written as text, is no JSON", async ({ api: { app } }) => {
  const { cookie } = await aBrowser(app)
  const headers = { cookie, "content-type": "text/plain", "sec-fetch-site": "cross-site" }
  const response = await app.inject({ method: "POST", url, headers, payload: '{"login":"a","password":"b"}' })
  expect([403, 415]).toContain(response.statusCode)
})
