import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { Agent, request } from "node:https"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { connect, type TLSSocket } from "node:tls"
import { freePort, makeCertificate } from "@tintype/dev"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { startBackend } from "../testing/backend.ts"

import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"
import { tempDir } from "../testing/temp-dir.ts"

const NAME = "photos.example"
const SOON = { timeout: 10_000, interval: 50 }
vi.setConfig({ testTimeout: 30_000 })

async function start(more: object = {}) {
  const dir = await tempDir()
  const own = makeCertificate(dir, "own", [NAME])
  const backend = await startBackend()
  const gateway = await startGateway({
    apiUpstreams: [backend.origin],
    publicUrl: `https://${NAME}`,
    hstsSeconds: 3600,
    tls: { certificates: [own], httpPort: undefined, acmeDir: undefined },
    ...more,
  })
  return { dir, own, backend, port: gateway.port }
}

/** Asks over TLS for a path under a name. */
function ask(port: number, ca: string, { name = NAME, host = NAME, path = "/api/x" } = {}) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const req = request(
        { port, host: "127.0.0.1", servername: name, ca, path, headers: { host }, agent: new Agent() },
        (res) => {
          let body = ""
          res.setEncoding("utf8").on("data", (part) => {
            body += part
          })
          res.on("end", () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }))
        },
      )
      req.on("error", reject).end()
    },
  )
}

/** The serial number of the certificate that a client of a name gets. */
async function serialOf(port: number, servername: string): Promise<string> {
  const socket = await handshake(port, { servername })
  return socket.getPeerCertificate().serialNumber
}

function handshake(port: number, options: object): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options }, () =>
      resolve(socket),
    )
    socket.once("error", reject)
    onTestFinished(() => void socket.destroy())
  })
}

describe("over TLS", () => {
  test("requests pass as ever, the api knows that it was TLS, and browsers are to come that way", async () => {
    const { port, own, backend } = await start()
    const { status, headers } = await ask(port, own.pem)
    expect(status).toBe(200)
    expect(backend.requests[0]?.headers).toMatchObject({ "x-forwarded-proto": "https", host: NAME })
    expect(headers["strict-transport-security"]).toBe("max-age=3600")
  })

  test.for([
    ["TLS 1.1", { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }],
    ["no forward secrecy", { maxVersion: "TLSv1.2", ciphers: "AES128-GCM-SHA256" }],
    ["no authenticated encryption", { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA" }],
  ] as const)("%s is not spoken", async ([, options]) => {
    const { port } = await start()
    await expect(handshake(port, options)).rejects.toThrow()
  })

  test("each name gets its certificate, others the first one's", async () => {
    const dir = await tempDir()
    const first = makeCertificate(dir, "first", [NAME])
    const second = makeCertificate(dir, "second", ["other.example", "*.other.example"])
    const { port } = await start({
      tls: { certificates: [first, second], httpPort: undefined, acmeDir: undefined },
    })
    const [one, other] = [await serialOf(port, NAME), await serialOf(port, "other.example")]
    expect(one).not.toBe(other)
    expect(await serialOf(port, "www.OTHER.example")).toBe(other)
    expect(await serialOf(port, "unknown.example")).toBe(one)
    expect(await serialOf(port, "")).toBe(one)
  })

  test("bytes that are no TLS are dropped, and those after them served", async () => {
    const { port, own } = await start()
    await expect(sendRequest(`http://127.0.0.1:${port}/api/x`)).rejects.toThrow()
    expect((await ask(port, own.pem)).status).toBe(200)
  })
})

describe("a certificate that is replaced", () => {
  const swap = {
    "in place": (from: string, to: string) => writeFileSync(to, readFileSync(from)),
    "by renaming": (from: string, to: string) => renameSync(from, to),
    "by another link": (from: string, to: string) => {
      rmSync(to)
      symlinkSync(from, to)
    },
  }

  test.for(Object.entries(swap))("%s is used, for connections that come after it", async ([, replace]) => {
    const { dir, own, port } = await start()
    const before = await serialOf(port, NAME)
    const next = makeCertificate(dir, "next", [NAME])
    replace(next.cert, own.cert)
    replace(next.key, own.key)
    for (const name of [NAME, ""])
      await vi.waitFor(async () => expect(await serialOf(port, name)).not.toBe(before), SOON)
    expect((await ask(port, next.pem)).status).toBe(200)
  })

  test("by a broken one is kept, until there is a good one", async () => {
    const { dir, own, port } = await start()
    const before = await serialOf(port, NAME)
    const next = makeCertificate(dir, "next", [NAME])
    writeFileSync(own.cert, readFileSync(next.cert))
    // Long enough to be looked at more than once.
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(await serialOf(port, NAME)).toBe(before)
    writeFileSync(own.key, readFileSync(next.key))
    await vi.waitFor(async () => expect(await serialOf(port, NAME)).not.toBe(before), SOON)
  })
})

describe("a start", () => {
  test("with a key that is not the certificate's ends with the reason", async () => {
    const dir = await tempDir()
    const [one, other] = [makeCertificate(dir, "one", [NAME]), makeCertificate(dir, "other", [NAME])]
    const certificates = [{ cert: one.cert, key: other.key }]
    await expect(start({ tls: { certificates, httpPort: undefined, acmeDir: undefined } })).rejects.toThrow(
      /TLS_CERTIFICATES: .*not that of the certificate/,
    )
  })

  test("without a certificate that is still to be got shows what the authority asks for, then uses it", async () => {
    const dir = await tempDir({ ".well-known/acme-challenge/token-1": "token-1.thumbprint", secret: "no" })
    const httpPort = await freePort()
    const files = { cert: join(dir, "own.cert.pem"), key: join(dir, "own.key.pem") }
    const { port } = await start({ tls: { certificates: [files], httpPort, acmeDir: dir } })
    const bare = (path: string) => sendRequest(`http://127.0.0.1:${httpPort}${path}`)
    const shown = await bare("/.well-known/acme-challenge/token-1")
    expect([shown.status, shown.body.toString()]).toEqual([200, "token-1.thumbprint"])
    expect((await bare("/.well-known/acme-challenge/..%2f..%2fsecret")).status).toBe(400)
    expect((await bare("/.well-known/acme-challenge/other")).status).toBe(404)
    expect((await bare("/.well-known/acme-challenge/")).status).toBe(404)
    await expect(serialOf(port, NAME)).rejects.toThrow()
    const made = makeCertificate(dir, "own", [NAME])
    await vi.waitFor(async () => expect((await ask(port, made.pem)).status).toBe(200), SOON)
  })
})

describe("who comes by another way", () => {
  test("without TLS is sent to the public address, and nowhere else", async () => {
    const httpPort = await freePort()
    const dir = await tempDir()
    const own = makeCertificate(dir, "own", [NAME])
    const { backend } = await start({ tls: { certificates: [own], httpPort, acmeDir: undefined } })
    const origin = `http://127.0.0.1:${httpPort}`
    for (const host of [NAME, "evil.example"]) {
      const answer = await sendRequest(`${origin}/api/x?a=b`, {
        method: "POST",
        headers: { host },
        body: "secret",
      })
      expect(answer).toMatchObject({ status: 308, headers: { location: `https://${NAME}/api/x?a=b` } })
    }
    expect((await sendRequest(`${origin}/health/live`)).status).toBe(200)
    expect((await sendRequest(`${origin}/%00`)).status).toBe(400)
    expect(backend.requests).toEqual([])
  })

  test.for([
    [`https://${NAME}`, `www.${NAME}`],
    [`https://www.${NAME}`, NAME],
  ] as const)("to %s by the name %s is sent there", async ([publicUrl, host]) => {
    const { port, own } = await start({ publicUrl })
    const { status, headers } = await ask(port, own.pem, { host, path: "/@ada?x=1" })
    expect([status, headers.location]).toEqual([308, `${publicUrl}/@ada?x=1`])
    expect((await ask(port, own.pem, { host: new URL(publicUrl).host })).status).toBe(200)
  })
})

test("a WebSocket passes over TLS", async () => {
  const replica = createServer((_req, res) => res.end())
  replica.on("upgrade", (_req, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n")
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => replica.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void replica.close())
  const { port } = await start({
    apiUpstreams: [`http://127.0.0.1:${(replica.address() as AddressInfo).port}`],
  })
  const socket = await handshake(port, { servername: NAME, ALPNProtocols: ["http/1.1"] })
  let received = ""
  socket.on("data", (part: Buffer) => {
    received += part.toString("latin1")
  })
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n"
  socket.write(`GET /api/v1/streaming HTTP/1.1\r\nHost: ${NAME}\r\n${upgrade}\r\nhello`)
  await vi.waitFor(() => expect(received).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\nhello$/), SOON)
})
