import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { openBlobStore } from "@tintype/media/blob-store"
import { signPath } from "@tintype/media/signed-path"
import { expect, test } from "vitest"
import { sendRequest } from "../testing/send-request.ts"
import { SECRET, startGateway } from "../testing/start-gateway.ts"
import { tempDir } from "../testing/temp-dir.ts"

const JPEG = Buffer.alloc(256, "jpeg")
const AVIF = Buffer.alloc(200, "avif")
const FOR_EVER = "public, max-age=31536000, immutable"

test("a photo is the JPEG until the AVIF is there, which shared caches learn of soon", async () => {
  const blobDir = await tempDir({ "17/2/1/640.jpg": JPEG })
  const { origin } = await startGateway({}, { photos: openBlobStore({ dir: blobDir }) })
  const url = `${origin}${signPath(SECRET, "17/2/1", "public")}/640.jpg`
  const ask = (accept: string, tag?: string) =>
    sendRequest(url, { headers: { accept, ...(tag && { "if-none-match": tag }) } })

  const before = await ask("image/avif,image/*")
  expect(before).toMatchObject({
    body: JPEG,
    headers: { vary: "Accept", "cache-control": "public, max-age=31536000, s-maxage=60, immutable" },
  })
  expect((await ask("image/jpeg")).headers["cache-control"]).toBe(FOR_EVER)
  const expires = Math.floor(Date.now() / 1000) + 600
  const forMembers = `${origin}${signPath(SECRET, "17/2/1", expires)}/640.jpg`
  const own = await sendRequest(forMembers, { headers: { accept: "image/avif,image/*" } })
  expect(own.headers["cache-control"]).toMatch(/^private, max-age=\d+, immutable$/)

  await writeFile(join(blobDir, "17/2/1/640.avif"), AVIF)
  expect(await ask("image/avif,image/*", before.headers.etag)).toMatchObject({
    status: 200,
    body: AVIF,
    headers: { vary: "Accept", "cache-control": FOR_EVER },
  })
})
