import { rm } from "node:fs/promises"
import { join } from "node:path"
import { openBlobStore } from "@tintype/media/blob-store"
import { signPath } from "@tintype/media/signed-path"
import { describe, expect, test, vi } from "vitest"
import { connectRaw } from "../testing/raw-client.ts"
import { type Asked, sendRequest } from "../testing/send-request.ts"
import { SECRET, startGateway } from "../testing/start-gateway.ts"
import { tempDir } from "../testing/temp-dir.ts"

const PHOTO = Buffer.from(Array.from({ length: 256 }, (_, n) => n))
const AVIF = Buffer.alloc(200, "avif")
const BIG = Buffer.alloc(32 * 1024 * 1024, "photo")
const ORIGINAL = `originals/17/2/${"a".repeat(64)}`
const ARCHIVE = "exports/17/33/2/archive.zip"
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

async function start() {
  const blobDir = await tempDir({
    "17/2/1/640.jpg": PHOTO,
    "17/2/1/640.avif": AVIF,
    "17/2/1/1080.jpg": PHOTO,
    "17/2/1/2048.jpg": BIG,
    [ORIGINAL]: PHOTO,
    [ARCHIVE]: PHOTO,
  })
  const gateway = await startGateway({}, { photos: openBlobStore({ dir: blobDir }) })
  return {
    blobDir,
    gateway,
    ask: (path: string, asked: Asked = {}) => sendRequest(gateway.origin + path, asked),
  }
}

const publicPath = (file = "640.jpg") => `${signPath(SECRET, "17/2/1", "public")}/${file}`
const privatePath = (expires: number) => `${signPath(SECRET, "17/2/1", expires)}/640.jpg`

describe("a photo", () => {
  test("that everybody may see is sent, to be kept for ever by whoever likes", async () => {
    const { ask } = await start()

    const answer = await ask(publicPath())

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual(PHOTO)
    expect(answer.headers).toMatchObject({
      "content-type": "image/jpeg",
      "content-length": "256",
      "cache-control": "public, max-age=31536000, immutable",
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'",
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
    })
  })

  test("has its type from its name alone", async () => {
    const { ask } = await start()

    expect((await ask(publicPath("640.avif"))).headers["content-type"]).toBe("image/avif")
  })

  test("that not everybody may see is kept by the browser alone, until its link expires", async () => {
    const { ask } = await start()

    const { status, headers } = await ask(privatePath(inSeconds(600)))

    expect(status).toBe(200)
    const [, seconds] = /^private, max-age=(\d+), immutable$/.exec(String(headers["cache-control"])) ?? []
    expect(Number(seconds)).toBeGreaterThan(500)
    expect(Number(seconds)).toBeLessThanOrEqual(600)
  })

  test("archive of a member is kept by nobody but on their disk, and a download can go on where it broke", async () => {
    const { ask } = await start()
    const path = signPath(SECRET, ARCHIVE, inSeconds(60))
    const answer = await ask(path)
    expect(answer.body).toEqual(PHOTO)
    expect(answer.headers).toMatchObject({
      "content-type": "application/zip",
      "content-disposition": 'attachment; filename="tintype-33.zip"',
      "cache-control": "private, no-store",
      "accept-ranges": "bytes",
    })
    const rest = await ask(path, { headers: { range: "bytes=200-" } })
    expect([rest.status, rest.body]).toEqual([206, PHOTO.subarray(200)])
    expect((await ask(signPath(SECRET, ARCHIVE, inSeconds(-1)))).status).toBe(404)
    expect((await ask(path.replace("/33/", "/34/"))).status).toBe(404)
  })

  test("as it was uploaded comes as a file to save, never as something to show", async () => {
    const { ask } = await start()

    const answer = await ask(signPath(SECRET, ORIGINAL, inSeconds(60)))

    expect(answer.body).toEqual(PHOTO)
    expect(answer.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": "attachment",
      "cache-control": expect.stringMatching(/^private, /),
    })
  })

  test("is not sent again to a browser that has it", async () => {
    const { ask } = await start()
    const { headers } = await ask(publicPath())

    const again = await ask(publicPath(), { headers: { "if-none-match": headers.etag } })

    expect(again).toMatchObject({ status: 304, headers: { "cache-control": headers["cache-control"] } })
    expect(again.body).toHaveLength(0)
  })
})

const CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"

describe("one URL for all clients", () => {
  test.for([
    [CHROME, "image/avif", AVIF],
    ["image/avif", "image/avif", AVIF],
    ["image/AVIF;q=0.5, image/jpeg;q=0.4", "image/avif", AVIF],
    ["image/avif;q=0.4, image/jpeg", "image/jpeg", PHOTO],
    ["image/avif;q=0, */*", "image/jpeg", PHOTO],
    ["image/avif;q=nonsense", "image/jpeg", PHOTO],
    ["image/webp,image/*,*/*;q=0.8", "image/jpeg", PHOTO],
    ["*/*", "image/jpeg", PHOTO],
    [undefined, "image/jpeg", PHOTO],
  ] as const)("answers Accept: %s with %s", async ([accept, type, bytes]) => {
    const { ask } = await start()

    const { status, headers, body } = await ask(publicPath(), { headers: accept ? { accept } : {} })

    expect({ status, type: headers["content-type"], vary: headers.vary }).toEqual({
      status: 200,
      type,
      vary: "Accept",
    })
    expect(body).toEqual(bytes)
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable")
  })

  test("tags each form by itself: neither is a part of the other, nor taken for it", async () => {
    const { ask } = await start()
    const jpeg = (await ask(publicPath())).headers.etag
    const avif = { accept: CHROME, "if-none-match": jpeg, range: "bytes=0-9" }

    const other = await ask(publicPath(), { headers: { ...avif, "if-range": jpeg } })
    expect(other).toMatchObject({ status: 200, headers: { "content-type": "image/avif" } })
    expect(other.headers.etag).not.toBe(jpeg)

    const part = await ask(publicPath(), { headers: { ...avif, "if-range": other.headers.etag } })
    expect(part).toMatchObject({ status: 206, headers: { "content-range": "bytes 0-9/200", vary: "Accept" } })
    const again = await ask(publicPath(), {
      headers: { accept: CHROME, "if-none-match": other.headers.etag },
    })
    expect(again).toMatchObject({ status: 304, headers: { etag: other.headers.etag, vary: "Accept" } })
  })

  test("has the JPEG where there is no other, and where the query asks for what the path names", async () => {
    const { ask } = await start()
    const asked = { headers: { accept: CHROME } }

    expect((await ask(publicPath("1080.jpg"), asked)).body).toEqual(PHOTO)
    const named = await ask(`${publicPath()}?as-named`, asked)
    expect(named.body).toEqual(PHOTO)
    expect(named.headers).not.toHaveProperty("vary")
    expect((await ask(publicPath("640.avif"), { headers: { accept: "image/jpeg" } })).body).toEqual(AVIF)
  })

  test("opens no form of a photo but for who may see it", async () => {
    const { ask } = await start()
    const forged = signPath("another secret of enough characters", "17/2/1", "public")

    expect((await ask(`${forged}/640.jpg`, { headers: { accept: CHROME } })).status).toBe(404)
    expect((await ask(privatePath(inSeconds(-1)), { headers: { accept: CHROME } })).status).toBe(404)
    const member = await ask(privatePath(inSeconds(600)), { headers: { accept: CHROME } })
    expect(member.body).toEqual(AVIF)
    expect(member.headers["cache-control"]).toMatch(/^private, /)
  })
})

describe("a part of a photo", () => {
  test.for([
    ["bytes=0-9", 206, "bytes 0-9/256", PHOTO.subarray(0, 10)],
    ["bytes=250-", 206, "bytes 250-255/256", PHOTO.subarray(250)],
    ["bytes=-6", 206, "bytes 250-255/256", PHOTO.subarray(250)],
    ["bytes=0-1,4-5", 200, undefined, PHOTO],
    ["bytes=9-0", 200, undefined, PHOTO],
  ] as const)("for Range: %s", async ([range, status, contentRange, bytes]) => {
    const { ask } = await start()

    const answer = await ask(publicPath(), { headers: { range } })

    expect(answer.status).toBe(status)
    expect(answer.headers["content-range"]).toBe(contentRange)
    expect(answer.body).toEqual(bytes)
  })

  test("beyond its end cannot be had", async () => {
    const { ask } = await start()

    expect(await ask(publicPath(), { headers: { range: "bytes=256-" } })).toMatchObject({
      status: 416,
      headers: { "content-range": "bytes */256" },
    })
  })

  test("comes only if the photo is still the one meant", async () => {
    const { ask } = await start()
    const { etag } = (await ask(publicPath())).headers
    const part = (condition: string) =>
      ask(publicPath(), { headers: { range: "bytes=0-9", "if-range": condition } })

    expect((await part(String(etag))).status).toBe(206)
    expect((await part('"another"')).status).toBe(200)
  })

  test("is not what HEAD asks for", async () => {
    const { ask } = await start()

    const answer = await ask(publicPath(), { method: "HEAD", headers: { range: "bytes=0-9" } })

    expect(answer).toMatchObject({ status: 200, headers: { "content-length": "256" } })
  })
})

test("a forged link, an expired one, a dead one and nonsense get the same answer to the letter", async () => {
  const { ask, blobDir } = await start()
  const dead = publicPath("320.jpg")
  const good = publicPath()
  const flipped = good.replace(/public\/./, (start) => start.slice(0, -1) + (start.endsWith("A") ? "B" : "A"))
  const paths = [
    dead,
    flipped,
    privatePath(inSeconds(-1)),
    privatePath(inSeconds(60)).replace(/\/media\/\d+/, `/media/${inSeconds(6000)}`),
    privatePath(inSeconds(60)).replace(/\/media\/\d+/, "/media/public"),
    good.replace("/17/2/1/", "/17/3/1/"),
    signPath("another secret of enough characters", "17/2/1", "public").concat("/640.jpg"),
    signPath(SECRET, ORIGINAL, "public"),
    `${good}/..`.replace("/..", "/x"),
    "/media/640.jpg",
    "/media",
  ]

  for (const path of paths) {
    const { status, body, headers } = await ask(path)
    expect([path, status, body.toString()]).toEqual([path, 404, '{"error":"Not found"}'])
    expect(headers["cache-control"]).toBe("no-store")
  }
  await rm(join(blobDir, "17"), { recursive: true })
  expect((await ask(good)).status).toBe(404)
})

test("a photo can be read, not written", async () => {
  const { ask } = await start()

  expect(await ask(publicPath(), { method: "DELETE" })).toMatchObject({
    status: 405,
    headers: { allow: "GET, HEAD" },
  })
})

test("a reader that stops or leaves holds no more of a photo than fits on the way, and no file", async () => {
  const close = vi.fn()
  const blobDir = await tempDir({ "17/2/1/2048.jpg": BIG })
  const store = openBlobStore({ dir: blobDir })
  let read = 0
  const gateway = await startGateway(
    {},
    {
      photos: {
        ...store,
        open: async (key) => {
          const photo = await store.open(key)
          return (
            photo && {
              ...photo,
              read: (range) => photo.read(range).on("data", (chunk: Buffer) => (read += chunk.length)),
              close: () => {
                close()
                return photo.close()
              },
            }
          )
        },
      },
    },
  )
  const client = await connectRaw(gateway.port)
  client.socket.pause()
  client.write(`GET ${publicPath("2048.jpg")} HTTP/1.1\r\nHost: photos.example\r\n\r\n`)
  await vi.waitFor(() => expect(read).toBeGreaterThan(0))

  client.socket.destroy()

  await vi.waitFor(() => expect(close).toHaveBeenCalledOnce())
  expect(read).toBeLessThan(BIG.length)
})
