import { connect } from "node:http2"
import { buffer } from "node:stream/consumers"
import { makeCertificate } from "@tintype/dev"
import { openBlobStore } from "@tintype/media/blob-store"
import { signPath } from "@tintype/media/signed-path"
import { expect, onTestFinished, test } from "vitest"
import { SECRET, startGateway } from "../testing/start-gateway.ts"
import { tempDir } from "../testing/temp-dir.ts"

const PHOTO = Buffer.alloc(200_000, 7)
const PATH = `${signPath(SECRET, "11/22/1", "public")}/w1080.jpg`

test("a page of a hundred photos comes whole on one connection, however slowly it is read", async () => {
  const dir = await tempDir({ "11/22/1/w1080.jpg": PHOTO })
  const certificates = [makeCertificate(await tempDir(), "gateway", ["localhost"])]
  const { port } = await startGateway(
    { publicUrl: "https://localhost", tls: { certificates, httpPort: undefined, acmeDir: undefined } },
    { photos: openBlobStore({ dir }) },
  )
  const session = connect(`https://localhost:${port}`, { rejectUnauthorized: false })
  onTestFinished(() => session.destroy())
  const streams = []
  // One after another, so that what was answered before waits to be sent when the next one comes.
  for (let n = 0; n < 99; n++) {
    const stream = session.request({ ":path": PATH })
    streams.push(stream)
    await new Promise((resolve, reject) => stream.once("response", resolve).once("error", reject))
  }

  const bodies = await Promise.all(streams.map((each) => buffer(each)))
  expect(bodies.every((each) => each.equals(PHOTO))).toBe(true)
})
