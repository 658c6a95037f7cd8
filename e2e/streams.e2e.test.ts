import { setTimeout as sleep } from "node:timers/promises"
import type { Status } from "@tintype/contract"
import type { System } from "@tintype/dev"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Member } from "./member.ts"
import { aPhoto } from "./photos.ts"
import { openSystem } from "./system.ts"

const PATIENT = { timeout: 30_000, interval: 50 }

let system: System
let author: Member
let stranger: Member

beforeAll(async () => {
  system = await openSystem({ apiReplicas: 2 })
  author = await Member.signUp(system.gatewayUrl, "author")
  stranger = await Member.signUp(system.gatewayUrl, "stranger")
})
afterAll(() => system.stop())

/** Like a good client: it comes back when its stream ends, and then asks for what it missed. */
class Client {
  readonly member: Member
  readonly posts = new Set<string>()
  readonly gone = new Set<string>()
  opened = 0
  #socket: WebSocket | undefined
  /** The newest post when the stream ended: what came since then is asked for, whatever is told meanwhile. */
  #newest: string | undefined
  #closed = false

  constructor(member: Member) {
    this.member = member
    this.#connect()
  }

  #connect(): void {
    const url = `${this.member.home.replace("http", "ws")}/api/v1/streaming?stream=user`
    const socket = new WebSocket(url, this.member.token)
    this.#socket = socket
    socket.onopen = () => {
      this.opened++
      if (this.opened > 1) void this.#catchUp()
    }
    socket.onmessage = ({ data }) => {
      const { event, payload } = JSON.parse(String(data)) as { event: string; payload: string }
      if (event === "update") this.posts.add((JSON.parse(payload) as Status).id)
      if (event === "delete") this.gone.add(payload)
    }
    socket.onclose = () => {
      this.#newest = [...this.posts].sort((a, b) => Number(BigInt(b) - BigInt(a)))[0]
      if (!this.#closed) setTimeout(() => this.#connect(), 100 + Math.random() * 200)
    }
  }

  async #catchUp(): Promise<void> {
    const since = this.#newest === undefined ? "" : `&since_id=${this.#newest}`
    const missed = await this.member.get<Status[]>(`/api/v1/timelines/home?limit=40${since}`)
    if (missed.status !== 200) this.#socket?.close()
    else for (const { id } of missed.body) this.posts.add(id)
  }

  close(): void {
    this.#closed = true
    this.#socket?.close()
  }
}

async function followers(count: number): Promise<Client[]> {
  const members = await Promise.all(
    Array.from({ length: count }, () => Member.signUp(system.gatewayUrl, "follower")),
  )
  await Promise.all(members.map((member) => member.follow(author)))
  const clients = members.map((member) => new Client(member))
  await expect.poll(() => clients.every(({ opened }) => opened > 0), PATIENT).toBe(true)
  return clients
}

test("a post, and its end, reach the streams of its followers on every api process, and no others", async () => {
  const clients = await followers(6)
  const outsider = new Client(stranger)
  await expect.poll(() => outsider.opened, PATIENT).toBe(1)
  const [photo, other] = [await aPhoto(320, 240, 1), await aPhoto(320, 240, 2)]
  await stranger.postPhoto(other)
  await author.postPhoto(photo, { visibility: "direct" })
  const shown = [
    (await author.postPhoto(photo, { visibility: "private" })).id,
    (await author.postPhoto(photo, { visibility: "public" })).id,
  ]
  await author.send(`/api/v1/statuses/${shown[0]}`, { method: "DELETE" })
  await expect.poll(() => clients.every(({ gone }) => gone.has(shown[0] ?? "")), PATIENT).toBe(true)
  for (const { posts } of clients) expect([...posts].sort()).toEqual(shown.toSorted())
  expect(outsider.posts.size).toBe(1)
  for (const client of [...clients, outsider]) client.close()
})

test("an api process that is killed takes no post with it: clients come back and catch up", async () => {
  const clients = await followers(6)
  const photo = await aPhoto(320, 240, 3)
  const media = await Promise.all(Array.from({ length: 12 }, () => author.upload(photo)))
  const posted: string[] = []
  const killing = system.tier("api", 0).signal("SIGKILL", true)
  for (const [index, { body }] of media.entries()) {
    const send = () =>
      author
        .post<Status>("/api/v1/statuses", { media_ids: [body.id] }, { "idempotency-key": `streams ${index}` })
        .catch(() => null)
    for (let reply = await send(); ; reply = await send()) {
      if (reply?.status === 200) {
        posted.push(reply.body.id)
        break
      }
      await sleep(100)
    }
  }
  await killing
  await expect
    .poll(() => clients.map(({ posts }) => posted.filter((id) => !posts.has(id))), PATIENT)
    .toEqual(clients.map(() => []))
  expect(clients.some(({ opened }) => opened > 1)).toBe(true)
  for (const client of clients) client.close()
})
