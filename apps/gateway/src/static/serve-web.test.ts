import { readdirSync, readlinkSync } from "node:fs"
import { symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, test, vi } from "vitest"
import { connectRaw, sendRaw } from "../testing/raw-client.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"
import { tempDir } from "../testing/temp-dir.ts"

const INDEX = "<!doctype html><title>Tintype</title>"
const FILES = {
  "index.html": INDEX,
  "favicon.ico": "icon",
  "manifest.webmanifest": "{}",
  "assets/app-3fa9c2d1.js": "run()",
  "assets/app-3fa9c2d1.js.br": "brotli",
  "assets/app-3fa9c2d1.js.zst": "zstandard",
  "assets/app-3fa9c2d1.js.gz": "gzipped",
  "assets/app-77aa0011.css": "body{}",
}

async function start(files: Record<string, string | Buffer> = FILES) {
  const webDir = await tempDir(files)
  const gateway = await startGateway({ webDir })
  return { webDir, gateway, ask: (path: string, asked = {}) => sendRequest(gateway.origin + path, asked) }
}

describe("the web app", () => {
  test.for(["/", "/home", "/@alice", "/@bob.jones", "/posts/17?x=1", "/%61pi/x", "/index.html"])(
    "answers its own page %s with the index, to be asked for anew each time",
    async (path) => {
      const { ask } = await start()

      const answer = await ask(path)

      expect(answer).toMatchObject({
        status: 200,
        headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-cache" },
      })
      expect(answer.body.toString()).toBe(INDEX)
      expect(answer.headers.etag).toMatch(/^"[\w-]{22}"$/)
    },
  )

  test("lets browsers run and load nothing but what came from here", async () => {
    const { ask } = await start()
    const { headers } = await ask("/")

    expect(String(headers["content-security-policy"]).split("; ").sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self' data: blob:",
      "object-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
    ])
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
      "permissions-policy": expect.stringContaining("geolocation=()"),
    })
  })

  test.for([
    ["/assets/app-77aa0011.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"],
    ["/assets/app-3fa9c2d1.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
    ["/favicon.ico", "image/vnd.microsoft.icon", "no-cache"],
    ["/manifest.webmanifest", "application/manifest+json; charset=utf-8", "no-cache"],
  ] as const)("serves %s as %s, %s", async ([path, type, cacheControl]) => {
    const { ask } = await start()

    expect(await ask(path)).toMatchObject({
      status: 200,
      headers: { "content-type": type, "cache-control": cacheControl, "x-content-type-options": "nosniff" },
    })
  })

  test.for([
    ["gzip, deflate, br, zstd", "br", "brotli"],
    ["gzip, zstd", "zstd", "zstandard"],
    ["gzip", "gzip", "gzipped"],
    ["identity", undefined, "run()"],
  ] as const)("sends the form the build made for Accept-Encoding: %s", async ([accepted, coding, body]) => {
    const { ask } = await start()

    const answer = await ask("/assets/app-3fa9c2d1.js", { headers: { "accept-encoding": accepted } })

    expect(answer.headers["content-encoding"]).toBe(coding)
    expect(answer.headers.vary).toBe("Accept-Encoding")
    expect(answer.headers["content-type"]).toBe("text/javascript; charset=utf-8")
    expect(answer.body.toString()).toBe(body)
  })

  test("sends nothing again that the browser has", async () => {
    const { ask } = await start()
    const { headers } = await ask("/")

    const again = await ask("/", { headers: { "if-none-match": `"other", W/${headers.etag}` } })

    expect(again.status).toBe(304)
    expect(again.body).toHaveLength(0)
    expect(again.headers).toMatchObject({ etag: headers.etag, "cache-control": "no-cache" })
  })

  test("answers HEAD like GET, without the body", async () => {
    const { ask } = await start()

    const answer = await ask("/home", { method: "HEAD" })

    expect(answer).toMatchObject({ status: 200, headers: { "content-length": String(INDEX.length) } })
    expect(answer.body).toHaveLength(0)
  })

  test("takes no other method", async () => {
    const { ask } = await start()

    expect(await ask("/home", { method: "POST", body: "x" })).toMatchObject({
      status: 405,
      headers: { allow: "GET, HEAD" },
    })
  })

  test.for([
    "/missing.js",
    "/assets/app-00000000.js",
    "/assets/app-3fa9c2d1.js.br",
    "/assets/app-3fa9c2d1.js.zst",
    "/wp-login.php",
    "/.env.local",
  ])("has no page under the name of a file that is not there: %s", async (path) => {
    const { ask } = await start()

    const answer = await ask(path)

    expect(answer).toMatchObject({ status: 404, headers: { "cache-control": "no-store" } })
    expect(answer.json()).toEqual({ error: "Not found" })
  })

  test("is nothing but the files that were there at the start: no link out, no path around", async () => {
    const outside = await tempDir({ "secret.txt": "secret", "deep/secret.txt": "secret" })
    const webDir = await tempDir(FILES)
    await symlink(join(outside, "secret.txt"), join(webDir, "linked.txt"))
    await symlink(join(outside, "deep"), join(webDir, "linked"))
    const gateway = await startGateway({ webDir })
    await writeFile(join(webDir, "late.txt"), "secret")

    for (const path of [
      "/linked.txt",
      "/linked/secret.txt",
      "/late.txt",
      `/..${outside}/secret.txt`,
      `/%2e%2e${outside}/secret.txt`,
      `/assets/..%2f..%2f${outside}/secret.txt`,
      `/assets/..\\..\\${outside}/secret.txt`,
      `/./../${outside}/secret.txt`,
    ]) {
      const answer = await sendRaw(
        gateway.port,
        `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      )
      expect(answer).toMatch(/^HTTP\/1\.1 40[04] /)
      expect(answer).not.toContain("secret")
    }
  })

  test("that was not built stops the start", async () => {
    const webDir = await tempDir({ "readme.txt": "" })

    await expect(startGateway({ webDir })).rejects.toThrow(/index\.html/)
  })

  test("that changes under the gateway never comes in part", async () => {
    const { webDir, ask } = await start({ ...FILES, "big.txt": "x".repeat(100_000) })
    await writeFile(join(webDir, "big.txt"), "short")

    await expect(ask("/big.txt", { headers: { connection: "keep-alive" } })).rejects.toThrow()
  })

  test.runIf(process.platform === "linux")("leaves no file open for a reader that left", async () => {
    const { webDir, gateway } = await start({ ...FILES, "big.txt": Buffer.alloc(32 * 1024 * 1024, "x") })
    const openFiles = () =>
      readdirSync("/proc/self/fd").filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`) === join(webDir, "big.txt")
        } catch {
          return false
        }
      })
    const client = await connectRaw(gateway.port)
    client.socket.pause()
    client.write("GET /big.txt HTTP/1.1\r\nHost: a\r\n\r\n")
    await vi.waitFor(() => expect(openFiles()).toHaveLength(1))

    client.socket.destroy()

    await vi.waitFor(() => expect(openFiles()).toHaveLength(0))
  })
})
