import { setTimeout as sleep } from "node:timers/promises"
import type { Status, Token } from "@tintype/contract"
import type { System } from "@tintype/dev"
import { Redis } from "ioredis"
import sharp from "sharp"
import { openBenchContext } from "./bench-context.ts"

const LONGEST_UPLOAD_MS = 120_000

/** Calls the API as a client would. @throws when it refuses */
export async function call<T>(url: string, token?: string, body?: object | FormData): Promise<T> {
  const isForm = body instanceof FormData
  const headers = new Headers(token ? { authorization: `Bearer ${token}` } : {})
  if (body && !isForm) headers.set("content-type", "application/json")
  const response = await fetch(url, {
    method: body ? "POST" : "GET",
    headers,
    ...(body && { body: isForm ? body : JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  // The server's answers follow the contract that `T` comes from.
  return (await response.json()) as T
}

/** Noise with some shape in it, which costs an encoder about what a camera's photo does. */
export async function makePhoto(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const noise = { type: "gaussian", mean: 120, sigma: 40 } as const
  const small = await sharp({ create: { width: 200, height: 150, channels: 3, background: "#888", noise } })
    .png()
    .toBuffer()
  return new Uint8Array(
    await sharp(small).resize(width, height, { fit: "fill" }).jpeg({ quality: 90 }).toBuffer(),
  )
}

export async function signUp(home: string, name: string): Promise<string> {
  const scopes = "read write follow"
  const app = await call<{ client_id: string; client_secret: string }>(`${home}/api/v1/apps`, undefined, {
    client_name: "bench",
    redirect_uris: "urn:ietf:wg:oauth:2.0:oob",
    scopes,
  })
  const grant = {
    grant_type: "client_credentials",
    client_id: app.client_id,
    client_secret: app.client_secret,
  }
  const appToken = await call<Token>(`${home}/oauth/token`, undefined, { ...grant, scope: scopes })
  const member = await call<Token>(`${home}/api/v1/accounts`, appToken.access_token, {
    username: name,
    email: `${name}@photos.example`,
    password: "correct horse battery",
    agreement: true,
  })
  return member.access_token
}

/** Until it is developed. @returns its id */
export async function upload(home: string, token: string, photo: Uint8Array<ArrayBuffer>): Promise<string> {
  const form = new FormData()
  form.set("file", new Blob([photo]), "photo.jpg")
  const end = performance.now() + LONGEST_UPLOAD_MS
  let media = await call<{ id: string; url: string | null }>(`${home}/api/v1/media`, token, form)
  for (let pause = 100; !media.url; pause = Math.min(pause * 2, 2_000)) {
    if (performance.now() > end) throw new Error("the photo was not developed in time")
    await sleep(pause)
    media = await call(`${home}/api/v1/media/${media.id}`, token)
  }
  return media.id
}

/** Copies every post, without its photos, so often that the timeline is as deep as a warm one gets. */
async function deepenTimeline(system: System): Promise<void> {
  const { ctx, close } = openBenchContext(system)
  await ctx.db.execute(`
    insert into posts (owner_id, id, caption, visibility, sensitive, spoiler_text, mentions, tags)
    select owner_id, id - (n::bigint << 43), caption, visibility, sensitive, spoiler_text, mentions, tags
    from posts, generate_series(1, 25) n`)
  await ctx.db.execute("insert into post_owners select id, owner_id from posts on conflict do nothing")
  await close()
  const redis = new Redis(system.stores.REDIS_CACHE_URL)
  await redis.flushall()
  redis.disconnect()
}

/**
 * Somebody who follows five authors with four posts each, and a hundred older ones without photos.
 *
 * @returns their token
 */
export async function seedTimeline(system: System): Promise<string> {
  const home = system.gatewayUrl
  const reader = await signUp(home, "reader")
  const photo = await makePhoto(640, 480)
  for (let author = 0; author < 5; author++) {
    const token = await signUp(home, `author${author}`)
    const { id } = await call<{ id: string }>(`${home}/api/v1/accounts/verify_credentials`, token)
    await call(`${home}/api/v1/accounts/${id}/follow`, reader, {})
    for (let post = 0; post < 4; post++) {
      const media = await upload(home, token, photo)
      await call<Status>(`${home}/api/v1/statuses`, token, {
        status: `Post ${post} #bench`,
        media_ids: [media],
      })
    }
  }
  await deepenTimeline(system)
  return reader
}
