import { setTimeout as sleep } from "node:timers/promises"
import type { CredentialAccount, MediaAttachment, Relationship, Status, Token } from "@tintype/contract"

export interface Reply<T> {
  status: number
  body: T
  headers: Headers
}

/** Calls the API as a client would. */
export async function call<T>(url: string, init: RequestInit = {}): Promise<Reply<T>> {
  const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(60_000), ...init })
  const text = await response.text()
  const isJson = response.headers.get("content-type")?.includes("json")
  return { status: response.status, body: (isJson ? JSON.parse(text) : text) as T, headers: response.headers }
}

const json = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
})

let count = 0

/** A member of the system under test, with an app's token. */
export class Member {
  readonly home: string
  readonly username: string
  readonly token: string
  readonly id: string

  constructor(home: string, username: string, token: string, id: string) {
    this.home = home
    this.username = username
    this.token = token
    this.id = id
  }

  /** Registers an app and signs up through it. */
  static async signUp(home: string, name: string, appName = "e2e"): Promise<Member> {
    const username = `${name}_${process.pid}_${++count}`
    const app = await call<{ client_id: string; client_secret: string }>(
      `${home}/api/v1/apps`,
      json({ client_name: appName, redirect_uris: "urn:ietf:wg:oauth:2.0:oob", scopes: "read write follow" }),
    )
    const credentials = {
      grant_type: "client_credentials",
      client_id: app.body.client_id,
      client_secret: app.body.client_secret,
      scope: "read write follow",
    }
    const appToken = await call<Token>(`${home}/oauth/token`, json(credentials))
    const form = {
      username,
      email: `${username}@photos.example`,
      password: "correct horse battery",
      agreement: true,
    }
    const signedUp = await call<Token>(`${home}/api/v1/accounts`, {
      ...json(form),
      headers: { "content-type": "application/json", authorization: `Bearer ${appToken.body.access_token}` },
    })
    if (signedUp.status !== 200) throw new Error(`sign-up: ${JSON.stringify(signedUp.body)}`)
    const member = new Member(home, username, signedUp.body.access_token, "")
    const me = await member.get<CredentialAccount>("/api/v1/accounts/verify_credentials")
    return new Member(home, username, member.token, me.body.id)
  }

  get<T>(path: string): Promise<Reply<T>> {
    return this.send<T>(path, {})
  }

  post<T>(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Reply<T>> {
    const init = json(body)
    return this.send<T>(path, { ...init, headers: { "content-type": "application/json", ...headers } })
  }

  send<T>(path: string, init: RequestInit): Promise<Reply<T>> {
    const headers = new Headers(init.headers)
    headers.set("authorization", `Bearer ${this.token}`)
    return call<T>(`${this.home}${path}`, { ...init, headers })
  }

  upload(
    bytes: Uint8Array<ArrayBuffer>,
    name = "photo.jpg",
    path = "/api/v1/media",
  ): Promise<Reply<MediaAttachment>> {
    const form = new FormData()
    form.set("file", new Blob([bytes], { type: "image/jpeg" }), name)
    form.set("description", "a photo")
    return this.send(path, { method: "POST", body: form })
  }

  /** Uploads a file and waits for the end of its development: 200, or a refusal. */
  async develop(bytes: Uint8Array<ArrayBuffer>, name = "photo.jpg"): Promise<Reply<MediaAttachment>> {
    const first = await this.upload(bytes, name, "/api/v2/media")
    let last = first
    for (const end = Date.now() + 90_000; last.status === 202 || last.status === 206; await sleep(100)) {
      if (Date.now() > end) throw new Error("the photo was not developed in time")
      last = await this.get<MediaAttachment>(`/api/v1/media/${first.body.id}`)
    }
    return last
  }

  /** Uploads a photo and posts it. */
  async postPhoto(bytes: Uint8Array<ArrayBuffer>, fields: Record<string, unknown> = {}): Promise<Status> {
    const media = await this.upload(bytes)
    if (media.status !== 200) throw new Error(`upload: ${media.status} ${JSON.stringify(media.body)}`)
    const posted = await this.post<Status>("/api/v1/statuses", {
      status: "",
      media_ids: [media.body.id],
      ...fields,
    })
    if (posted.status !== 200) throw new Error(`post: ${posted.status} ${JSON.stringify(posted.body)}`)
    return posted.body
  }

  follow(other: Member): Promise<Reply<Relationship>> {
    return this.post(`/api/v1/accounts/${other.id}/follow`)
  }

  async homeIds(): Promise<string[]> {
    const { body } = await this.get<Status[]>("/api/v1/timelines/home")
    return body.map((status) => status.id)
  }
}
