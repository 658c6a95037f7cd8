import { createHash } from "node:crypto"
import type { RequestListener } from "node:http"
import { connect } from "node:http2"
import { buffer } from "node:stream/consumers"
import type { GatewayConfig } from "@tintype/config"
import { makeCertificate } from "@tintype/dev"
import { describe, expect, onTestFinished, test } from "vitest"
import { startBackend } from "../testing/backend.ts"
import { sendRequest } from "../testing/send-request.ts"
import { startGateway } from "../testing/start-gateway.ts"
import { tempDir } from "../testing/temp-dir.ts"
import { lend, takeBuffer } from "./lent-buffers.ts"

/** More than the system takes in for a client that does not read. */
const LARGE = 16 * 1024 ** 2
const digestOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

/** Bytes of which no two places, and no two answers, look alike. */
function bodyOf(name: string, length: number): Buffer {
  const seed = createHash("sha256").update(name).digest().readUInt32LE()
  const words = new Uint32Array(length / 4)
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(seed + i, 2654435761)
  return Buffer.from(words.buffer)
}

/** `/api/<name>`: as many bytes as are asked for, for all or for one client alone. */
const answer: RequestListener = (req, res) => {
  const name = req.url?.slice("/api/".length) ?? ""
  const length = Number(req.headers["x-length"] ?? 4)
  const control = name.startsWith("kept") ? "max-age=60" : "no-store"
  res.writeHead(200, { "content-length": length, "cache-control": control }).end(bodyOf(name, length))
}

const ofLength = (length: number) => ({ headers: { "x-length": String(length) } })

async function setUp(names: readonly string[], tls?: Partial<GatewayConfig>) {
  const backend = await startBackend(answer)
  const gateway = await startGateway({ apiUpstreams: [backend.origin], ...tls })
  const ask = async (name: string, length: number) =>
    (await sendRequest(`${gateway.origin}/api/${name}`, ofLength(length))).body
  // From now on the cache knows that they are for one client alone, and lets them pass.
  if (!tls) for (const name of names) await ask(name, 4)
  return { ...gateway, ask }
}

const SIZES = [40_000, 200_000, 400_000, 1_000_000]

test("a buffer that is given back twice, or after a write that failed, is lent to one alone", () => {
  const { giveBack } = lend(takeBuffer(), 0, 10)
  giveBack()
  giveBack()
  const [first, second] = [takeBuffer(), takeBuffer()]
  expect(first).not.toBe(second)
  lend(first, 0, 10).giveBack(new Error("not written"))
  expect(takeBuffer()).not.toBe(first)
})

describe("the memory of large answers is used again", () => {
  test("not before a client that does not read has got what was in it", async () => {
    const slow = ["slow0", "slow1", "slow2"]
    const { origin, ask } = await setUp(["quick", ...slow])
    const begun = await Promise.all(slow.map((name) => fetch(`${origin}/api/${name}`, ofLength(LARGE))))
    for (let round = 0; round < 5; round++) {
      const bodies = await Promise.all(SIZES.map((size) => ask("quick", size)))
      expect(bodies.map(digestOf)).toEqual(SIZES.map((size) => digestOf(bodyOf("quick", size))))
    }

    for (const [n, each] of begun.entries()) {
      const received = new Uint8Array(await each.arrayBuffer())
      expect(digestOf(received)).toBe(digestOf(bodyOf(slow[n] ?? "", LARGE)))
    }
  })

  test("nor while other streams of its connection wait", async () => {
    const certificates = [makeCertificate(await tempDir(), "gateway", ["localhost"])]
    const names = ["h0", "h1", "h2", "h3"]
    const { port } = await setUp(names, {
      publicUrl: "https://localhost",
      tls: { certificates, httpPort: undefined, acmeDir: undefined },
    })
    const open = () => {
      const session = connect(`https://localhost:${port}`, { rejectUnauthorized: false })
      onTestFinished(() => session.destroy())
      return (name: string, length: number) =>
        session.request({ ":path": `/api/${name}`, "x-length": String(length) })
    }
    const [ask, askElsewhere] = [open(), open()]
    for (const name of names) await buffer(ask(name, 4))
    // Beyond the 64 kB that HTTP/2 sends unasked the end waits in the gateway.
    const waiting = names.map((name) => ask(name, 160_000))
    for (let round = 0; round < 5; round++) {
      const bodies = await Promise.all(names.map((name) => buffer(askElsewhere(name, 1_000_000))))
      expect(bodies.map(digestOf)).toEqual(names.map((name) => digestOf(bodyOf(name, 1_000_000))))
    }

    const bodies = await Promise.all(waiting.map((each) => buffer(each)))
    expect(bodies.map(digestOf)).toEqual(names.map((name) => digestOf(bodyOf(name, 160_000))))
  })

  test("never that of an answer which is kept", async () => {
    const names = ["kept0", "kept1", "kept2"]
    const { origin, ask } = await setUp(["other"])
    for (const name of names) await ask(name, 600_000)
    for (let n = 0; n < 3; n++) await ask("other", 600_000)

    for (const name of names) {
      const { headers, body } = await sendRequest(`${origin}/api/${name}`)
      expect(headers["cache-status"]).toContain("hit")
      expect(digestOf(body)).toBe(digestOf(bodyOf(name, 600_000)))
    }
  })

  test("never what a client that has left may still hold", async () => {
    const { origin, ask } = await setUp(["leaves", "stays"])
    for (let round = 0; round < 5; round++) {
      const leaving = new AbortController()
      const left = await fetch(`${origin}/api/leaves`, { signal: leaving.signal, ...ofLength(LARGE) })
      const staying = SIZES.map((size) => ask("stays", size))
      leaving.abort()
      await expect(left.arrayBuffer()).rejects.toThrow()
      const bodies = await Promise.all(staying)
      expect(bodies.map(digestOf)).toEqual(SIZES.map((size) => digestOf(bodyOf("stays", size))))
    }
  })
})
