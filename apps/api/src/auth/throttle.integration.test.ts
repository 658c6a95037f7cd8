import { randomBytes } from "node:crypto"
import { expect } from "vitest"
import { test } from "../testing/api-test.ts"
import { aBrowser, anApp, aSignUp, postToken } from "../testing/client.ts"

/** An address that nobody else comes from. */
const anAddress = () => `203.0.113.${randomBytes(1)[0]}`

test("a password is guessed ten times, by whichever door; then even the right one has to wait, there", async ({
  api: { app, withSettings },
}) => {
  const { username, password } = await aBrowser(app)
  const open = await withSettings({ passwordGrant: true })
  const client = await anApp(open)
  const remoteAddress = anAddress()
  const signIn = (guess: string, from = remoteAddress) =>
    app.inject({
      method: "POST",
      url: "/api/tintype/v1/session",
      payload: { login: username, password: guess },
      remoteAddress: from,
    })
  const byGrant = (guess: string) =>
    open.inject({
      method: "POST",
      url: "/oauth/token",
      payload: {
        grant_type: "password",
        client_id: client.clientId,
        client_secret: client.clientSecret,
        username,
        password: guess,
      },
      remoteAddress,
    })
  for (let time = 0; time < 5; time++) {
    expect((await signIn("a wrong password")).statusCode).toBe(401)
    expect((await byGrant("a wrong password")).json()).toMatchObject({ error: "invalid_grant" })
  }
  for (const response of [await signIn(password), await byGrant(password)]) {
    expect(response.statusCode).toBe(429)
    expect(Number(response.headers["retry-after"])).toBeGreaterThan(0)
    expect(response.json().error).toMatch(/Too many attempts/)
  }
  expect((await signIn(password, "198.51.100.99")).statusCode).toBe(200)
})

test("the sign-in page tells it in words", async ({ api: { app } }) => {
  const { username } = await aBrowser(app)
  const { clientId } = await anApp(app)
  const remoteAddress = anAddress()
  const attempt = () =>
    app.inject({
      method: "POST",
      url: `/oauth/authorize/sign_in?response_type=code&client_id=${clientId}`,
      headers: { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" },
      payload: new URLSearchParams({ login: username, password: "wrong" }).toString(),
      remoteAddress,
    })
  for (let time = 0; time < 10; time++) expect((await attempt()).statusCode).toBe(422)
  const last = await attempt()
  expect(last.statusCode).toBe(429)
  expect(last.payload).toContain("Too many attempts")
  expect(last.headers["retry-after"]).toBeDefined()
})

test("apps and accounts are bounded by address, before a password is hashed", async ({ api: { app } }) => {
  const remoteAddress = anAddress()
  const register = () =>
    app.inject({
      method: "POST",
      url: "/api/v1/apps",
      payload: { client_name: "one of many", redirect_uris: "https://client.example/" },
      remoteAddress,
    })
  const statuses = new Set<number>()
  for (let time = 0; time < 80; time++) statuses.add((await register()).statusCode)
  expect([...statuses].sort()).toEqual([200, 429])
  const { username, email, password } = aSignUp()
  const signUp = () =>
    app.inject({
      method: "POST",
      url: "/api/tintype/v1/sign_up",
      payload: { username, email, password },
      remoteAddress,
    })
  const outcomes = await Promise.all(Array.from({ length: 30 }, signUp))
  const count = (status: number) => outcomes.filter(({ statusCode }) => statusCode === status).length
  expect(count(200)).toBe(1)
  expect(count(429)).toBeGreaterThanOrEqual(5)
  expect(count(200) + count(422) + count(429)).toBe(30)
})

test("verify_credentials is open to the scope `profile`, and nothing else is", async ({
  api: { app, withSettings },
}) => {
  const { username, password } = await aBrowser(app)
  const open = await withSettings({ passwordGrant: true })
  const client = await anApp(open, "profile")
  const token = await postToken(open, client, {
    grant_type: "password",
    username,
    password,
    scope: "profile",
  })
  const headers = { authorization: `Bearer ${token.json().access_token}` }
  const own = await app.inject({ url: "/api/v1/accounts/verify_credentials", headers })
  expect(own.json()).toMatchObject({ username, source: { privacy: "public" } })
  for (const url of ["/api/v1/timelines/home", `/api/v1/accounts/${own.json().id}`]) {
    expect((await app.inject({ url, headers })).statusCode).toBe(403)
  }
})
