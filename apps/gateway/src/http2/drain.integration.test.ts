import { connect } from "node:http2"
import { buffer } from "node:stream/consumers"
import { makeCertificate } from "@tintype/dev"
import { expect, onTestFinished, test, vi } from "vitest"
import { startBackend } from "../testing/backend.ts"

import { spawnGateway } from "../testing/spawn-gateway.ts"
import { tempDir } from "../testing/temp-dir.ts"

const SOON = { timeout: 10_000 }

test("SIGTERM: a connection of HTTP/2 opens no more streams, those under way are answered, the process ends", async () => {
  const held: (() => void)[] = []
  const backend = await startBackend((_req, res) => void held.push(() => res.end("late")))
  const { cert, key } = makeCertificate(await tempDir(), "own", ["localhost"])
  const gateway = await spawnGateway({
    API_UPSTREAMS: backend.origin,
    PUBLIC_URL: "https://localhost",
    TLS_CERTIFICATES: `${cert}:${key}`,
  })
  const client = connect(`https://localhost:${gateway.port}`, { rejectUnauthorized: false })
  onTestFinished(() => client.destroy())
  const goingAway = vi.fn()
  client.on("goaway", goingAway)
  const stream = client.request({ ":path": "/api/x" })
  const body = buffer(stream)
  await vi.waitFor(() => expect(held).toHaveLength(1), SOON)

  gateway.child.kill("SIGTERM")

  await vi.waitFor(() => expect(goingAway).toHaveBeenCalled(), SOON)
  held[0]?.()
  expect((await body).toString()).toBe("late")
  expect(await gateway.exited).toBe(0)
}, 40_000)
