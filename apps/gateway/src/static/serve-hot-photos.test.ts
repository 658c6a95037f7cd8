import { rm } from "node:fs/promises"
import { join } from "node:path"
import { openBlobStore } from "@tintype/media/blob-store"
import { signPath } from "@tintype/media/signed-path"
import { expect, test } from "vitest"
import { type Asked, sendRequest } from "../testing/send-request.ts"
import { SECRET, startGateway } from "../testing/start-gateway.ts"
import { tempDir } from "../testing/temp-dir.ts"

const PHOTO = Buffer.from(Array.from({ length: 256 }, (_, n) => n))
const AVIF = Buffer.alloc(200, "avif")
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
const linked = (expires: number | "public", secret = SECRET) =>
  `${signPath(secret, "17/2/1", expires)}/640.jpg`

async function start() {
  const blobDir = await tempDir({ "17/2/1/640.jpg": PHOTO, "17/2/1/640.avif": AVIF })
  const gateway = await startGateway({}, { photos: openBlobStore({ dir: blobDir }) })
  const ask = (path: string, asked: Asked = {}) => sendRequest(gateway.origin + path, asked)
  return { blobDir, ask }
}

test("a photo that is removed is gone at once, however often it was asked for, and so is its other form", async () => {
  const { ask, blobDir } = await start()
  const avif = { headers: { accept: "image/avif" } }
  for (let n = 0; n < 3; n++) {
    expect((await ask(linked("public"))).body).toEqual(PHOTO)
    expect((await ask(linked("public"), avif)).body).toEqual(AVIF)
  }

  await rm(join(blobDir, "17/2/1/640.avif"))
  expect((await ask(linked("public"), avif)).body).toEqual(PHOTO)
  await rm(join(blobDir, "17/2/1/640.jpg"))
  for (const asked of [{}, avif]) expect((await ask(linked("public"), asked)).status).toBe(404)
})

test("a photo that is in memory is opened by no link that is forged or expired, and cut like one on the disk", async () => {
  const { ask } = await start()
  for (let n = 0; n < 2; n++) await ask(linked("public"))
  const etag = '"17/2/1/640.jpg"'

  expect((await ask(linked("public", "another secret of enough characters"))).status).toBe(404)
  expect((await ask(linked(inSeconds(-1)))).status).toBe(404)
  const part = await ask(linked("public"), { headers: { range: "bytes=-6" } })
  expect([part.status, part.headers["content-range"], part.body]).toEqual([
    206,
    "bytes 250-255/256",
    PHOTO.subarray(250),
  ])
  expect(await ask(linked("public"), { headers: { "if-none-match": etag } })).toMatchObject({ status: 304 })
  expect((await ask(linked("public"), { method: "HEAD" })).headers["content-length"]).toBe("256")
})
