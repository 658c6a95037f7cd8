import { createHash, randomBytes } from "node:crypto"
import type { FastifyInstance, LightMyRequestResponse } from "fastify"
import { expect } from "vitest"

export const REDIRECT = "https://client.example/callback"

export interface TestApp {
  clientId: string
  clientSecret: string
}

/** Registers an OAuth client. */
export async function anApp(app: FastifyInstance, scopes = "read write follow push"): Promise<TestApp> {
  const response = await app.inject({
    method: "POST",
    url: "/api/v1/apps",
    payload: { client_name: "Test client", redirect_uris: REDIRECT, scopes },
  })
  expect(response.statusCode).toBe(200)
  const { client_id: clientId, client_secret: clientSecret } = response.json()
  return { clientId, clientSecret }
}

/** The app's own token. */
export async function anAppToken(
  app: FastifyInstance,
  client: TestApp,
  scope = "read write",
): Promise<string> {
  const response = await postToken(app, client, { grant_type: "client_credentials", scope })
  expect(response.statusCode).toBe(200)
  return response.json().access_token
}

/** POST /oauth/token in the name of the client. */
export const postToken = (
  app: FastifyInstance,
  { clientId, clientSecret }: TestApp,
  payload: Record<string, unknown>,
): Promise<LightMyRequestResponse> =>
  app.inject({
    method: "POST",
    url: "/oauth/token",
    payload: { client_id: clientId, client_secret: clientSecret, ...payload },
  })

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

let members = 0

export interface TestForm {
  username: string
  email: string
  password: string
  agreement: boolean
}

/** A form that nobody sent yet. */
export function aSignUp<Change extends object>(change?: Change): TestForm & Change {
  const username = `member_${++members}_${randomBytes(4).toString("hex")}`
  const form = { username, email: `${username}@example.com`, password: "a good password", agreement: true }
  return Object.assign(form, change)
}

/** Who is signed in, as `GET verify_credentials` tells. */
export const whoAmI = (app: FastifyInstance, headers: Record<string, string>) =>
  app.inject({ url: "/api/v1/apps/verify_credentials", headers })

export interface Browser {
  username: string
  password: string
  /** `name=value`. */
  cookie: string
  /** What a browser sends with requests of our own pages. */
  headers: Record<string, string>
}

/** The `name=value` of a response's session cookie. */
export const cookieOf = (response: LightMyRequestResponse): string =>
  String(response.headers["set-cookie"]).split(";", 1)[0] ?? ""

/** A member who has just signed up in a browser. */
export async function aBrowser(app: FastifyInstance): Promise<Browser> {
  const { username, email, password } = aSignUp()
  const response = await app.inject({
    method: "POST",
    url: "/api/tintype/v1/sign_up",
    payload: { username, email, password },
  })
  expect(response.statusCode).toBe(200)
  const cookie = cookieOf(response)
  const headers = { cookie, "sec-fetch-site": "same-origin" }
  return { username, password, cookie, headers }
}

/** A PKCE verifier and its challenge (RFC 7636). */
export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString("base64url")
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") }
}

export const authorizeUrl = (
  { clientId }: TestApp,
  change: Record<string, string | undefined> = {},
): string => {
  const query = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: REDIRECT,
    scope: "read write",
    ...change,
  }
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return `/oauth/authorize?${new URLSearchParams(given)}`
}

/** The browser's member allows what the app asks for; the code that the app gets. */
export async function aCode(
  app: FastifyInstance,
  client: TestApp,
  { headers }: Browser,
  change: Record<string, string | undefined> = {},
): Promise<string> {
  const response = await app.inject({
    method: "POST",
    url: authorizeUrl(client, change),
    headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
    payload: "decision=allow",
  })
  expect(response.statusCode).toBe(303)
  const code = new URL(String(response.headers.location)).searchParams.get("code")
  if (!code) throw new Error(`no code: ${response.headers.location}`)
  return code
}

/** Exchanges a code as the client should. */
export const exchange = (
  app: FastifyInstance,
  client: TestApp,
  code: string,
  change: Record<string, unknown> = {},
): Promise<LightMyRequestResponse> =>
  postToken(app, client, { grant_type: "authorization_code", code, redirect_uri: REDIRECT, ...change })
