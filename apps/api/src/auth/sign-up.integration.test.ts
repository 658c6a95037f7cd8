import { accounts, emails, instance, usernames } from "@tintype/db"
import type { FastifyInstance } from "fastify"
import { expect } from "vitest"
import { test } from "../testing/api-test.ts"
import { aBrowser, anApp, anAppToken, aSignUp, bearer, type TestForm } from "../testing/client.ts"

async function signUp(app: FastifyInstance, form: object, token?: string) {
  const appToken = token ?? (await anAppToken(app, await anApp(app)))
  return app.inject({ method: "POST", url: "/api/v1/accounts", headers: bearer(appToken), payload: form })
}

test("of ten first sign-ups at once exactly one makes the admin", async ({ api }) => {
  const token = await anAppToken(api.app, await anApp(api.app))
  const answers = await Promise.all(Array.from({ length: 10 }, () => signUp(api.app, aSignUp(), token)))
  expect(answers.map((each) => each.statusCode)).toEqual(Array(10).fill(200))
  const admins = (await api.ctx.db.select().from(accounts)).filter(({ role }) => role === "admin")
  expect(admins).toHaveLength(1)
  const [row] = await api.ctx.db.select().from(instance)
  expect(row?.firstAdminId).toBe(admins[0]?.id)
})

test("the answer is the new member's token, with the app's scopes", async ({ api }) => {
  const client = await anApp(api.app, "read write follow")
  const response = await signUp(api.app, aSignUp(), await anAppToken(api.app, client, "read write follow"))
  expect(response.json()).toEqual({
    access_token: expect.stringMatching(/^[\w-]{43}$/),
    token_type: "Bearer",
    scope: "read write follow",
    created_at: expect.any(Number),
  })
})

test.for([
  ["the same name", ({ username }: TestForm) => aSignUp({ username }), ["username"]],
  [
    "the same name in other letters",
    ({ username }: TestForm) => aSignUp({ username: username.toUpperCase() }),
    ["username"],
  ],
  [
    "the same address in other letters",
    ({ email }: TestForm) => aSignUp({ email: email.toUpperCase() }),
    ["email"],
  ],
  ["both", (form: TestForm) => form, ["username", "email"]],
] as const)("%s is told to be taken, and nothing is left behind", async ([, change, fields], { api }) => {
  const form = aSignUp()
  expect((await signUp(api.app, form)).statusCode).toBe(200)
  const second = change(form)
  const response = await signUp(api.app, second)
  expect(response.statusCode).toBe(422)
  const { error, details } = response.json()
  expect(error).toMatch(/^Validation failed: .*has already been taken/)
  expect(Object.keys(details)).toEqual(fields)
  expect(details[fields[0]]).toEqual([{ error: "ERR_TAKEN", description: "has already been taken" }])
  const names = (await api.ctx.db.select().from(usernames)).map(({ name }) => name)
  expect(names.includes(second.username.toLowerCase())).toBe(fields.some((each) => each === "username"))
})

test("of twenty who want one name at once exactly one gets it", async ({ api }) => {
  const token = await anAppToken(api.app, await anApp(api.app))
  const { username } = aSignUp()
  const forms = Array.from({ length: 20 }, () => aSignUp({ username }))
  const answers = await Promise.all(forms.map((form) => signUp(api.app, form, token)))
  const statuses = answers.map((each) => each.statusCode).sort()
  expect(statuses).toEqual([200, ...Array(19).fill(422)])
  const kept = new Set((await api.ctx.db.select().from(emails)).map(({ email }) => email))
  expect(forms.filter((form) => kept.has(form.email))).toHaveLength(1)
})

test("every field at fault is named at once, missing ones too", async ({ api }) => {
  const response = await signUp(api.app, { password: "short" })
  expect(response.statusCode).toBe(422)
  expect(response.json()).toEqual({
    error:
      "Validation failed: Username can't be blank, Email can't be blank, " +
      "Password is too short (minimum is 8 characters), Service agreement must be accepted",
    details: {
      username: [{ error: "ERR_BLANK", description: "can't be blank" }],
      email: [{ error: "ERR_BLANK", description: "can't be blank" }],
      password: [{ error: "ERR_TOO_SHORT", description: "is too short (minimum is 8 characters)" }],
      agreement: [{ error: "ERR_ACCEPTED", description: "must be accepted" }],
    },
  })
})

test("what is none of the form's business is ignored", async ({ api }) => {
  const response = await signUp(
    api.app,
    aSignUp({ role: "admin", id: "1", locked: true, created_at: "2000-01-01", followers_count: 1_000_000 }),
  )
  expect(response.statusCode).toBe(200)
  const rows = await api.ctx.db.select().from(accounts)
  const newest = rows.reduce((a, b) => (a.createdAt > b.createdAt ? a : b))
  expect(newest).toMatchObject({ role: "member", followersCount: 0 })
  expect(newest.id).not.toBe("1")
  expect(newest.createdAt.getFullYear()).toBeGreaterThan(2000)
})

test("a member's token cannot sign up another member", async ({ api }) => {
  const first = await signUp(api.app, aSignUp())
  const response = await signUp(api.app, aSignUp(), first.json().access_token)
  expect(response.statusCode).toBe(403)
})

test("without a token, or without the scope, nobody signs up", async ({ api }) => {
  const anonymous = await api.app.inject({ method: "POST", url: "/api/v1/accounts", payload: aSignUp() })
  expect(anonymous.statusCode).toBe(401)
  const reading = await anAppToken(api.app, await anApp(api.app), "read")
  const response = await signUp(api.app, aSignUp(), reading)
  expect(response.statusCode).toBe(403)
  expect(response.json()).toEqual({ error: "This action is outside the authorized scopes" })
})

test("where sign-ups are closed only the very first account is made", async ({ api }) => {
  const closed = await api.withSettings({ registrationsOpen: false })
  const refused = await signUp(closed, aSignUp())
  expect(refused.statusCode).toBe(403)
  expect(refused.json().error).toMatch(/closed/)
  await api.ctx.db.update(instance).set({ firstAdminId: null })
  const token = await anAppToken(closed, await anApp(closed))
  const answers = await Promise.all([1, 2, 3].map(() => signUp(closed, aSignUp(), token)))
  expect(answers.map((each) => each.statusCode).sort()).toEqual([200, 403, 403])
})

test("a name is found at once, even if it was asked for just before", async ({ api }) => {
  const { username, email, password } = aSignUp()
  const { app } = api
  const browser = await aBrowser(app)
  const response = await app.inject({
    method: "POST",
    url: "/api/tintype/v1/sign_up",
    headers: { "sec-fetch-site": "same-origin" },
    payload: { username, email, password },
  })
  expect(response.json()).toMatchObject({ username, acct: username, source: { privacy: "public" } })
  expect(response.json().username).not.toBe(browser.username)
})
