import type { MediaAttachment, Status } from "@tintype/contract"
import type { System } from "@tintype/dev"
import { signPath } from "@tintype/media/signed-path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { call, Member } from "./member.ts"
import { aPhoto } from "./photos.ts"
import { openSystem } from "./system.ts"

let system: System
let alice: Member
let bob: Member

beforeAll(async () => {
  system = await openSystem()
  alice = await Member.signUp(system.gatewayUrl, "alice")
  bob = await Member.signUp(system.gatewayUrl, "bob")
})
afterAll(() => system.stop())

const seesAtHome = (member: Member, status: Status) =>
  expect.poll(() => member.homeIds(), { timeout: 5_000 }).toContain(status.id)

describe("the whole path", () => {
  test("a photo goes from upload to a follower's home timeline", async () => {
    const media = await alice.upload(await aPhoto(), "photo.jpg", "/api/v2/media")
    expect(media.status).toBe(200)
    expect(media.body).toMatchObject({ type: "image", description: "a photo" })
    expect(media.body.meta.original).toMatchObject({ width: 800, height: 600, size: "800x600" })
    expect(media.body.blurhash).toMatch(/^.{20,}$/)
    const follow = await bob.follow(alice)
    expect(follow.body).toMatchObject({ id: alice.id, following: true })
    const posted = await alice.post<Status>("/api/v1/statuses", {
      status: "Hello #sea",
      media_ids: [media.body.id],
    })
    expect(posted.status).toBe(200)
    await seesAtHome(bob, posted.body)
    const { body: home } = await bob.get<Status[]>("/api/v1/timelines/home")
    const seen = home.find(({ id }) => id === posted.body.id)
    const { body: alone } = await bob.get<Status>(`/api/v1/statuses/${posted.body.id}`)
    expect(seen).toEqual(alone)
    expect(seen?.content).toContain('class="mention hashtag"')
  })

  test("what is served holds neither position nor camera, and the original comes back as it was sent", async () => {
    const sent = await aPhoto(900, 500, 3)
    const status = await alice.postPhoto(sent)
    const url = status.media_attachments[0]?.url ?? ""
    const avif = { headers: { accept: "image/avif,image/*" } }
    const typeOf = async () => (await fetch(url, avif)).headers.get("content-type")
    await expect.poll(typeOf, { timeout: 60_000 }).toBe("image/avif")
    for (const [each, asked] of [[url], [url, avif], [url.replace(/\d+\.jpg$/, "320.jpg")]] as const) {
      const response = await fetch(each, asked)
      expect(response.status).toBe(200)
      expect(response.headers.get("cache-control")).toContain("immutable")
      const bytes = Buffer.from(await response.arrayBuffer())
      expect(bytes.includes("Canary")).toBe(false)
      expect(bytes.includes("Exif")).toBe(false)
    }
    const id = status.media_attachments[0]?.id
    const { body } = await alice.get<{ url: string }>(`/api/tintype/v1/media/${id}/original`)
    const original = new Uint8Array(await (await fetch(body.url)).arrayBuffer())
    expect(Buffer.compare(original, sent)).toBe(0)
    expect((await bob.get(`/api/tintype/v1/media/${id}/original`)).status).toBe(404)
  })

  test("an unfinished or foreign photo cannot be posted, and neither can eleven or none", async () => {
    const { body: foreign } = await bob.upload(await aPhoto(64, 64, 1))
    expect((await alice.post("/api/v1/statuses", { media_ids: [foreign.id] })).status).toBe(422)
    expect((await alice.post("/api/v1/statuses", { status: "nothing" })).status).toBe(422)
    const uploads = await Promise.all(
      Array.from({ length: 11 }, async (_, seed) => alice.upload(await aPhoto(40, 40, seed))),
    )
    const ids = uploads.map(({ body }) => body.id)
    const eleven = await alice.post<{ error: string }>("/api/v1/statuses", { media_ids: ids })
    expect(eleven).toMatchObject({ status: 422, body: { error: expect.stringContaining("10 photos") } })
    const ten = await alice.post<Status>("/api/v1/statuses", { media_ids: ids.slice(0, 10) })
    expect(ten.body.media_attachments.map(({ id }) => id)).toEqual(ids.slice(0, 10))
  })

  test("files that are no photos are refused with a reason", async () => {
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
    for (const bytes of [svg, new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]), new Uint8Array(0)]) {
      const reply = await alice.upload(bytes, "photo.jpg")
      expect(reply.status).toBeGreaterThanOrEqual(400)
      expect(reply.status).toBeLessThan(500)
      expect(reply.body).toMatchObject({ error: expect.any(String) })
    }
  })
})

describe("who sees what", () => {
  test("a followers-only photo is for followers, through the API and by URL", async () => {
    const stranger = await Member.signUp(system.gatewayUrl, "stranger")
    await bob.follow(alice)
    const status = await alice.postPhoto(await aPhoto(300, 200, 7), { visibility: "private" })
    const path = `/api/v1/statuses/${status.id}`
    expect((await bob.get(path)).status).toBe(200)
    expect((await stranger.get(path)).status).toBe(404)
    expect((await call(`${system.gatewayUrl}${path}`)).status).toBe(404)
    const { body: list } = await stranger.get<Status[]>(`/api/v1/accounts/${alice.id}/statuses`)
    expect(list.map(({ id }) => id)).not.toContain(status.id)
    const url = status.media_attachments[0]?.url ?? ""
    expect((await fetch(url)).status).toBe(200)
    const [, expires = ""] = /\/media\/(\d+)\//.exec(url) ?? []
    const past = String(Math.floor(Date.now() / 1000) - 60)
    const [, directory = ""] = /\/(\d+\/\d+\/\d+)\/\d+\.jpg$/.exec(url) ?? []
    expect(directory).toMatch(new RegExp(`^${alice.id}/`))
    const expired = signPath(system.env.SIGNING_SECRET ?? "", directory, Number(past))
    for (const forged of [
      `${system.gatewayUrl}${expired}/300.jpg`,
      `${system.gatewayUrl}/media/${directory}/300.jpg`,
      url.replace(expires, past),
      url.replace(expires, "public"),
      url.replace(/\/media\/\d+\/[^/]+/, "/media"),
    ]) {
      expect((await fetch(forged)).status).not.toBe(200)
    }
    await bob.post(`/api/v1/accounts/${alice.id}/unfollow`)
    expect((await bob.get(path)).status).toBe(404)
    expect(await bob.homeIds()).not.toContain(status.id)
  })

  test("a direct post is for those it names", async () => {
    const carol = await Member.signUp(system.gatewayUrl, "carol")
    await bob.follow(alice)
    const text = `for @${carol.username}`
    const status = await alice.postPhoto(await aPhoto(100, 100, 9), { status: text, visibility: "direct" })
    expect(status.mentions.map(({ id }) => id)).toEqual([carol.id])
    expect((await carol.get(`/api/v1/statuses/${status.id}`)).status).toBe(200)
    expect((await bob.get(`/api/v1/statuses/${status.id}`)).status).toBe(404)
    expect(await bob.homeIds()).not.toContain(status.id)
  })

  test("a deleted post is gone at once, and its photos with it", async () => {
    await bob.follow(alice)
    const status = await alice.postPhoto(await aPhoto(120, 90, 11), { status: "short-lived" })
    await seesAtHome(bob, status)
    expect((await bob.send(`/api/v1/statuses/${status.id}`, { method: "DELETE" })).status).toBe(404)
    const deleted = await alice.send<Status>(`/api/v1/statuses/${status.id}`, { method: "DELETE" })
    expect(deleted).toMatchObject({ status: 200, body: { id: status.id, text: "short-lived" } })
    expect((await bob.get(`/api/v1/statuses/${status.id}`)).status).toBe(404)
    expect(await bob.homeIds()).not.toContain(status.id)
    const url = status.media_attachments[0]?.url ?? ""
    await expect.poll(async () => (await fetch(url)).status, { timeout: 10_000 }).toBe(404)
  })
})

describe("races", () => {
  test("two members who like, unlike and like again at once are counted right", async () => {
    const status = await alice.postPhoto(await aPhoto(80, 80, 13))
    const like = (who: Member, verb: string) => who.post<Status>(`/api/v1/statuses/${status.id}/${verb}`)
    const first = await like(bob, "favourite")
    expect(first.body).toMatchObject({ favourited: true, favourites_count: 1 })
    await Promise.all([alice, bob, alice, bob].map((who) => like(who, "favourite")))
    await Promise.all([like(bob, "unfavourite"), like(bob, "unfavourite"), like(alice, "favourite")])
    const { body } = await like(alice, "favourite")
    expect(body).toMatchObject({ favourited: true, favourites_count: 1 })
    const count = async () => (await bob.get<Status>(`/api/v1/statuses/${status.id}`)).body.favourites_count
    await expect.poll(count, { timeout: 5_000 }).toBe(1)
  })

  test("one Idempotency-Key makes one post, twice in a row and many at once", async () => {
    const { body: media } = await alice.upload(await aPhoto(70, 70, 15))
    const key = { "idempotency-key": crypto.randomUUID() }
    const make = (fields: object = {}) =>
      alice.post<Status>("/api/v1/statuses", { status: "once", media_ids: [media.id], ...fields }, key)
    const replies = await Promise.all(Array.from({ length: 8 }, () => make()))
    replies.push(await make())
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1)
    expect((await make({ status: "something else" })).status).toBe(409)
  })

  test("of racing deletions one succeeds, and of racing follows the counts come right", async () => {
    const dave = await Member.signUp(system.gatewayUrl, "dave")
    const status = await dave.postPhoto(await aPhoto(60, 60, 17))
    const deletions = await Promise.all(
      Array.from({ length: 4 }, () => dave.send(`/api/v1/statuses/${status.id}`, { method: "DELETE" })),
    )
    expect(deletions.map((reply) => reply.status).sort()).toEqual([200, 404, 404, 404])
    await Promise.all([alice, bob, alice, bob, alice].map((who) => who.follow(dave)))
    const counts = async () =>
      (await alice.get<{ followers_count: number }>(`/api/v1/accounts/${dave.id}`)).body.followers_count
    await expect.poll(counts, { timeout: 5_000 }).toBe(2)
    await Promise.all([1, 2, 3].map(() => alice.post(`/api/v1/accounts/${dave.id}/unfollow`)))
    await expect.poll(counts, { timeout: 5_000 }).toBe(1)
  })
})

describe("text", () => {
  test.for(["", "🦩🏳️‍🌈 נסיון right to left", "<script>alert(1)</script>\"'&", "a".repeat(5000)])(
    "a caption comes back as written and never as markup (%#)",
    async (text) => {
      const status = await alice.postPhoto(await aPhoto(50, 50, text.length % 50), { status: text })
      expect(status.content).not.toContain("<script")
      const { body } = await alice.send<Status>(`/api/v1/statuses/${status.id}`, { method: "DELETE" })
      expect(body.text).toBe(text)
    },
  )

  test("a caption of 100 kB is refused, and so is a profile that is too long", async () => {
    const { body: media } = await alice.upload(await aPhoto(50, 50, 19))
    const long = await alice.post<{ error: string }>("/api/v1/statuses", {
      status: "x".repeat(100_000),
      media_ids: [media.id],
    })
    expect(long).toMatchObject({ status: 422, body: { error: expect.stringContaining("5000") } })
    const profile = await alice.send("/api/v1/accounts/update_credentials", {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ display_name: "x".repeat(31) }),
    })
    expect(profile.status).toBe(422)
  })

  test("a profile takes text and an avatar", async () => {
    const form = new FormData()
    form.set("display_name", "Alice <b>")
    form.set("note", "Hi <script>")
    form.set("avatar", new Blob([await aPhoto(200, 200, 21)]), "me.jpg")
    const { status, body } = await alice.send<MediaAttachment & Record<string, string>>(
      "/api/v1/accounts/update_credentials",
      { method: "PATCH", body: form },
    )
    expect(status).toBe(200)
    expect(body).toMatchObject({ display_name: "Alice <b>", note: "<p>Hi &lt;script&gt;</p>" })
    expect((await fetch(body.avatar ?? "")).status).toBe(200)
  })
})
