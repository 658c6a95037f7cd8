import { type ClientRequest, type IncomingHttpHeaders, type RequestListener, request } from "node:http"
import { connect } from "node:http2"
import { buffer } from "node:stream/consumers"
import { makeCertificate } from "@tintype/dev"
import { describe, expect, onTestFinished, test } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { sendRaw } from "../testing/raw-client.ts"
import { startGateway } from "../testing/start-gateway.ts"
import { tempDir } from "../testing/temp-dir.ts"

const LINK = "</style.css>; rel=preload; as=style"

/** Says that it is at work, gives a hint, and then answers. */
const hinting: RequestListener = (_req, res) => {
  res.writeProcessing()
  res.writeEarlyHints({ link: LINK, "x-early": "yes" }, () => {
    res.writeHead(200, { "cache-control": "max-age=60", "content-length": 4 }).end("done")
  })
}

interface Told {
  interim: { status: number; headers: IncomingHttpHeaders }[]
  status: number
  headers: IncomingHttpHeaders
  body: string
}

const told = (req: ClientRequest) =>
  new Promise<Told>((resolve, reject) => {
    const interim: Told["interim"] = []
    req.on("information", ({ statusCode, headers }) => interim.push({ status: statusCode, headers }))
    req.on("response", (res) => {
      const { statusCode: status = 0, headers } = res
      buffer(res).then((body) => resolve({ interim, status, headers, body: body.toString() }), reject)
    })
    req.on("error", reject).end()
  })

describe("what comes before an answer", () => {
  test("reaches the client, and is no part of what is kept", async () => {
    const backend = await startBackend(hinting)
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })
    const ask = () => told(request(`${gateway.origin}/api/x`, { agent: false }))

    const first = await ask()
    expect(first.interim).toMatchObject([
      { status: 102, headers: {} },
      { status: 103, headers: { link: LINK, "x-early": "yes" } },
    ])
    expect(first).toMatchObject({ status: 200, body: "done" })
    const again = await ask()
    expect(again).toMatchObject({ interim: [], status: 200, body: "done" })
    expect(again.headers["cache-status"]).toContain("hit")
    for (const { headers } of [first, again]) expect(headers).not.toHaveProperty("x-early")
    expect(backend.requests.length).toBe(1)
  })

  test("is not said in HTTP/1.0, which has no such answers", async () => {
    const backend = await startBackend(hinting)
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })

    const answer = await sendRaw(gateway.port, "GET /api/x HTTP/1.0\r\nHost: photos.example\r\n\r\n")
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).not.toContain("HTTP/1.1 10")
  })

  test("is left out when its links are not well formed, and the answer comes all the same", async () => {
    const backend = await startBackend((_req, res) => {
      res.socket?.write("HTTP/1.1 103 Early Hints\r\nlink: nonsense\r\n\r\n")
      res.end("done")
    })
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })

    const answer = await told(request(`${gateway.origin}/api/x`, { agent: false }))
    expect(answer).toMatchObject({ interim: [], status: 200, body: "done" })
  })

  test("goes over HTTP/2 too", async () => {
    const name = "photos.example"
    const backend = await startBackend(hinting)
    const { port } = await startGateway({
      apiUpstreams: [backend.origin],
      publicUrl: `https://${name}`,
      tls: {
        certificates: [makeCertificate(await tempDir(), "own", [name])],
        httpPort: undefined,
        acmeDir: undefined,
      },
    })
    const client = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, servername: name })
    onTestFinished(() => client.destroy())
    const stream = client.request({ ":authority": name, ":path": "/api/x" })
    const heads: unknown[] = []
    stream.on("headers", (headers) => heads.push(headers)).on("response", (headers) => heads.push(headers))
    expect((await buffer(stream)).toString()).toBe("done")
    expect(heads).toMatchObject([
      { ":status": 102 },
      { ":status": 103, link: LINK, "x-early": "yes" },
      { ":status": 200 },
    ])
  })
})
