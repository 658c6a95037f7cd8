import { freePort, makeCertificate } from "@tintype/dev"
import { expect, test, vi } from "vitest"
import { sendRequest } from "../testing/send-request.ts"
import { spawnGateway } from "../testing/spawn-gateway.ts"
import { tempDir } from "../testing/temp-dir.ts"

test("the port that sends everybody on to TLS has its lines in the access log", async () => {
  const { cert, key } = makeCertificate(await tempDir(), "own", ["localhost"])
  const httpPort = await freePort()
  const gateway = await spawnGateway({
    TLS_CERTIFICATES: `${cert}:${key}`,
    HTTP_PORT: String(httpPort),
    PUBLIC_URL: "https://localhost",
  })
  await sendRequest(`http://127.0.0.1:${httpPort}/@ada?token=canary`)
  await sendRequest(`http://127.0.0.1:${httpPort}/%00`)

  const logged = () => gateway.lines.filter(({ msg }) => msg === "request")
  await vi.waitFor(() => expect(logged()).toHaveLength(2))
  expect(logged()).toMatchObject([
    { scheme: "http", method: "GET", path: "/@ada", route: "redirect", status: 308 },
    { status: 400, refusal: expect.any(String) },
  ])
})
