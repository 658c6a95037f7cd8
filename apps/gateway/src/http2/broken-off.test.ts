import { type ClientHttp2Session, connect, constants } from "node:http2"
import { buffer } from "node:stream/consumers"
import { makeCertificate } from "@tintype/dev"
import { openBlobStore } from "@tintype/media/blob-store"
import { signPath } from "@tintype/media/signed-path"
import { expect, onTestFinished, test, vi } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { connectFrames, END_HEADERS, FRAME, fields, frame } from "../testing/h2-frames.ts"
import { SECRET, startGateway } from "../testing/start-gateway.ts"
import { tempDir } from "../testing/temp-dir.ts"

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = constants
const PHOTO = Buffer.alloc(200_000, 7)
const PATH = `${signPath(SECRET, "11/22/1", "public")}/w1080.jpg`

/** A connection on which hardly any of an answer is read before it is asked for. */
async function open(): Promise<ClientHttp2Session> {
  const dir = await tempDir({ "11/22/1/w1080.jpg": PHOTO })
  const certificates = [makeCertificate(await tempDir(), "gateway", ["localhost"])]
  const { port } = await startGateway(
    { publicUrl: "https://localhost", tls: { certificates, httpPort: undefined, acmeDir: undefined } },
    { photos: openBlobStore({ dir }) },
  )
  const session = connect(`https://localhost:${port}`, {
    rejectUnauthorized: false,
    settings: { initialWindowSize: 1_000 },
  })
  onTestFinished(() => session.destroy())
  return session
}

/** Asks for the photo and leaves at its first bytes, so that the rest of a piece waits for good. */
async function leave(session: ClientHttp2Session, code: number): Promise<void> {
  const stream = session.request({ ":path": PATH })
  await new Promise((resolve, reject) => stream.once("data", resolve).once("error", reject))
  const closed = new Promise((resolve) => stream.once("close", resolve))
  stream.on("error", () => {}).close(code)
  await closed
}

test.for([
  ["with CANCEL, as browsers do that scroll", NGHTTP2_CANCEL],
  ["without a reason", NGHTTP2_NO_ERROR],
] as const)(
  "a connection goes on after as many streams as may be broken off at once, %s",
  async ([, code]) => {
    const session = await open()
    for (let n = 0; n < 190; n++) await leave(session, code)

    const body = session.request({ ":path": PATH })
    session.settings({ initialWindowSize: 1_000_000 })
    expect((await buffer(body)).equals(PHOTO)).toBe(true)
  },
)

test.for([
  ["with a reason", NGHTTP2_CANCEL],
  ["without one", NGHTTP2_NO_ERROR],
] as const)("an upload that its client breaks off %s never looks whole to the replica", async ([, code]) => {
  const closed = vi.fn()
  const backend = await startBackend((req) => {
    req.on("error", () => {}).on("close", closed)
    req.resume()
  })
  const certificates = [makeCertificate(await tempDir(), "gateway", ["localhost"])]
  const { port } = await startGateway({
    apiUpstreams: [backend.origin],
    publicUrl: "https://localhost",
    tls: { certificates, httpPort: undefined, acmeDir: undefined },
  })
  const client = await connectFrames(port)
  const head = fields([
    [":method", "POST"],
    [":scheme", "https"],
    [":authority", "localhost"],
    [":path", "/api/v2/media"],
  ])
  for (let n = 0; n < 10; n++) {
    const stream = 2 * n + 1
    client.send(
      frame(FRAME.headers, END_HEADERS, stream, head),
      frame(FRAME.data, 0, stream, Buffer.alloc(1_000)),
    )
    await vi.waitFor(() => expect(backend.requests).toHaveLength(n + 1))
    client.send(frame(FRAME.reset, 0, stream, Buffer.from([0, 0, 0, code])))
  }

  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(10))
  expect(backend.complete).toHaveLength(0)
})
