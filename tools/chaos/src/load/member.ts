import { setTimeout as sleep } from "node:timers/promises"
import type { CredentialAccount, Token } from "@tintype/contract"

/** What came back: status 0 when nothing did. */
export interface Answer<T> {
  status: number
  body: T
  /** Why nothing did. */
  silence?: string
}

/** Of every member. */
export const PASSWORD = "correct horse battery"

const TIMEOUT_MS = 30_000
/** Between two tries. */
const AGAIN_MS = 250
/** Nobody tries longer than this. */
const PATIENCE_MS = 150_000

/** One request, as a client makes it. Never throws: that there was no answer is one too. */
export async function ask<T>(url: string, init: RequestInit = {}): Promise<Answer<T>> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
    const text = await response.text()
    const isJson = response.headers.get("content-type")?.includes("json") ?? false
    // The server's answers follow the contract that `T` comes from.
    return { status: response.status, body: (isJson ? JSON.parse(text) : text) as T }
  } catch (error) {
    const silence = error instanceof Error ? error.name : String(error)
    return { status: 0, body: undefined as T, silence }
  }
}

/** Whether it may help to ask again: no answer, too much to do, or something is away. */
const isPassing = (status: number) => status === 0 || status === 429 || status >= 500

/**
 * Asks until there is an answer that will not change.
 *
 * @throws when there is none for minutes
 */
export async function askUntilAnswered<T>(once: () => Promise<Answer<T>>): Promise<Answer<T>> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const answer = await once()
    if (!isPassing(answer.status)) return answer
    if (performance.now() > end)
      throw new Error(`no answer for ${PATIENCE_MS / 1000} s, ${answer.status} at last`)
    await sleep(AGAIN_MS)
  }
}

export interface Member {
  id: string
  username: string
  get<T>(path: string): Promise<Answer<T>>
  post<T>(path: string, body?: object, headers?: Record<string, string>): Promise<Answer<T>>
  put<T>(path: string, body: object): Promise<Answer<T>>
  delete<T>(path: string, body?: object): Promise<Answer<T>>
  upload(bytes: Uint8Array<ArrayBuffer>): Promise<Answer<{ id: string; url: string | null }>>
}

const JSON_TYPE = { "content-type": "application/json" }
const json = (body: object, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { ...JSON_TYPE, ...headers },
  body: JSON.stringify(body),
})

function memberOf(home: string, token: string, { id, username }: CredentialAccount): Member {
  const authorization = `Bearer ${token}`
  return {
    id,
    username,
    get: (path) => ask(home + path, { headers: { authorization } }),
    post: (path, body = {}, headers = {}) => ask(home + path, json(body, { ...headers, authorization })),
    put: (path, body) => ask(home + path, { ...json(body, { authorization }), method: "PUT" }),
    delete: (path, body = {}) => ask(home + path, { ...json(body, { authorization }), method: "DELETE" }),
    upload(bytes) {
      const form = new FormData()
      form.set("file", new Blob([bytes], { type: "image/jpeg" }), "photo.jpg")
      return ask(`${home}/api/v2/media`, { method: "POST", body: form, headers: { authorization } })
    },
  }
}

async function must<T>(what: string, asked: Promise<Answer<T>>): Promise<T> {
  const { status, body } = await asked
  if (status !== 200) throw new Error(`${what}: ${status} ${JSON.stringify(body)}`)
  return body
}

/** Registers an app. @returns who signs members up through it */
export async function openSignUps(home: string): Promise<(username: string) => Promise<Member>> {
  const scope = "read write follow"
  const app = await must<{ client_id: string; client_secret: string }>(
    "an app",
    ask(
      `${home}/api/v1/apps`,
      json({ client_name: "chaos", redirect_uris: "urn:ietf:wg:oauth:2.0:oob", scopes: scope }),
    ),
  )
  const grant = { grant_type: "client_credentials", scope, ...app }
  const { access_token } = await must<Token>("a token", ask(`${home}/oauth/token`, json(grant)))
  return async (username) => {
    const form = {
      username,
      email: `${username}@photos.example`,
      password: PASSWORD,
      agreement: true,
    }
    const signUp = json(form, { authorization: `Bearer ${access_token}` })
    const token = await must<Token>("a sign-up", ask(`${home}/api/v1/accounts`, signUp))
    const authorization = `Bearer ${token.access_token}`
    const me = ask<CredentialAccount>(`${home}/api/v1/accounts/verify_credentials`, {
      headers: { authorization },
    })
    return memberOf(home, token.access_token, await must("the own account", me))
  }
}
