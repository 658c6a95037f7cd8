import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { MediaAttachment, Status } from "@tintype/contract"
import { type RedisServer, type System, startRedis } from "@tintype/dev"
import { Redis } from "ioredis"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Member } from "./member.ts"
import { aPhoto } from "./photos.ts"
import { openSystem } from "./system.ts"

let dir: string
let queue: RedisServer
let cache: RedisServer
let system: System
let alice: Member

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "tintype-crash-"))
  queue = await startRedis({ dir: join(dir, "queue"), kind: "queue" })
  cache = await startRedis({ dir: join(dir, "cache"), kind: "cache" })
  system = await openSystem({ env: { REDIS_QUEUE_URL: queue.url, REDIS_CACHE_URL: cache.url } })
  alice = await Member.signUp(system.gatewayUrl, "alice")
})
afterAll(async () => {
  await system.stop()
  await Promise.all([queue.stop(), cache.stop()])
  rmSync(dir, { recursive: true, force: true })
})

async function flush(): Promise<void> {
  for (const url of [queue.url, cache.url]) {
    const redis = new Redis(url)
    await redis.flushall()
    redis.disconnect()
  }
}

const stateOf = async (id: string) => (await alice.get(`/api/v1/media/${id}`)).status

const becomesReady = (id: string) =>
  expect.poll(() => stateOf(id), { timeout: 40_000, interval: 200 }).toBe(200)

/** The statuses of uploads that were answered; those whose connection broke are not acknowledged. */
const acknowledged = (replies: PromiseSettledResult<{ status: number; body: MediaAttachment }>[]) =>
  replies.flatMap((reply) =>
    reply.status === "fulfilled" && reply.value.status < 300 ? [reply.value.body.id] : [],
  )

describe("nothing acknowledged is lost", () => {
  test("when the worker is killed in the middle of developing", async () => {
    const photos = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => aPhoto(3000, 2000, seed)))
    const uploads = Promise.allSettled(
      photos.map((photo) => alice.upload(photo, "photo.jpg", "/api/v2/media")),
    )
    await expect
      .poll(() => readdirSync(join(system.blobDir, "temporary")).length, { timeout: 10_000, interval: 5 })
      .toBeGreaterThan(0)
    await system.tier("worker").signal("SIGKILL", true)
    const ids = acknowledged(await uploads)
    expect(ids).toHaveLength(6)
    for (const id of ids) await becomesReady(id)
  })

  test("when both Redis are emptied between upload and development", async () => {
    await system.tier("worker").stop()
    const { status, body } = await alice.upload(await aPhoto(400, 300, 31), "photo.jpg", "/api/v2/media")
    expect(status).toBe(202)
    expect(body.url).toBeNull()
    await flush()
    await system.tier("worker").start()
    await becomesReady(body.id)
    const posted = await alice.post<Status>("/api/v1/statuses", { media_ids: [body.id] })
    expect(posted.status).toBe(200)
  })

  test("when the api is killed after the commit and before the dispatch", async () => {
    // A queue that does not answer holds the api right there.
    process.kill(queue.pid, "SIGSTOP")
    const upload = alice
      .upload(await aPhoto(300, 200, 33), "photo.jpg", "/api/v2/media")
      .catch(() => undefined)
    const sql = (await import("postgres")).default(system.stores.DATABASE_DIRECT_URL, { max: 1 })
    const waiting = async () =>
      (await sql<{ id: string }[]>`select id from media where state = 'queued'`).map(({ id }) => id)
    await expect.poll(waiting, { timeout: 10_000, interval: 10 }).toHaveLength(1)
    const [id = ""] = await waiting()
    await system.tier("api").signal("SIGKILL", true)
    process.kill(queue.pid, "SIGCONT")
    await upload
    await sql.end()
    await system.untilHealthy()
    await becomesReady(id)
  })

  test("a worker that freezes and thaws leaves one set of renditions", async () => {
    const { body } = await alice.upload(await aPhoto(2600, 1800, 35), "photo.jpg", "/api/v2/media")
    await becomesReady(body.id)
    const worker = system.tier("worker")
    const upload = alice.upload(await aPhoto(3200, 2400, 36), "photo.jpg", "/api/v1/media")
    await expect
      .poll(() => readdirSync(join(system.blobDir, "temporary")).length, { timeout: 10_000, interval: 5 })
      .toBeGreaterThan(0)
    await worker.signal("SIGSTOP", true)
    await worker.signal("SIGCONT", true)
    const reply = await upload
    expect(reply.status).toBe(200)
    expect(readdirSync(join(system.blobDir, alice.id, reply.body.id))).toHaveLength(1)
  })
})

test("an upload that is cut off in the middle leaves nothing behind", async () => {
  const temporary = join(system.blobDir, "temporary")
  const { port } = new URL(system.gatewayUrl)
  const socket = connect({ port: Number(port), host: "127.0.0.1" })
  const head = [
    "POST /api/v2/media HTTP/1.1",
    `Host: localhost:${port}`,
    `Authorization: Bearer ${alice.token}`,
    "Content-Type: multipart/form-data; boundary=cut",
    "Content-Length: 5000000",
    "",
    '--cut\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n',
  ].join("\r\n")
  socket.write(head)
  socket.write(Buffer.alloc(500_000, 7))
  await expect.poll(() => readdirSync(temporary).length, { timeout: 5_000 }).toBe(1)
  socket.destroy()
  await expect.poll(() => readdirSync(temporary).length, { timeout: 5_000 }).toBe(0)
})
