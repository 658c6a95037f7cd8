import { createHash } from "node:crypto"
import { once } from "node:events"
import { createServer, type IncomingMessage, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"

export interface Origin {
  /** `host:port`. */
  name: string
  stop(): void
}

const SMALL = JSON.stringify({ content: "x".repeat(1_000) })
const BIG = Buffer.alloc(4 * 1024 * 1024)
const EVENT_MS = 50
/** What RFC 6455 §1.3 has both sides hash. */
const WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
/** Unmasked frames: the text "hi", and the end. */
const HI = Buffer.from([0x81, 2, 0x68, 0x69])
const END = Buffer.from([0x88, 0])

const json = { "content-type": "application/json" }

/** What is asked of it, by the last part of the path's first three. */
const ANSWERS: Readonly<Record<string, RequestListener>> = {
  cached: (_req, res) => res.writeHead(200, { ...json, "cache-control": "public, max-age=2" }).end(SMALL),
  big: (_req, res) => res.writeHead(200, { "content-length": BIG.length }).end(BIG),
  broken: (_req, res) => {
    res.writeHead(200, { "content-length": BIG.length }).write(SMALL)
    setImmediate(() => res.destroy())
  },
  refused: (_req, res) => res.writeHead(422, json).end("{}"),
  events: (_req, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" })
    const timer = setInterval(() => res.write("data: hi\n\n"), EVENT_MS)
    res.once("close", () => clearInterval(timer))
  },
}

/** A replica with everything that is hard on what stands before it. */
export async function startOrigin(): Promise<Origin> {
  const server = createServer((req, res) => {
    req.on("error", () => {})
    const answer = ANSWERS[req.url?.split(/[/?]/)[3] ?? ""]
    if (answer) answer(req.resume(), res)
    else
      req.resume().once("end", () => res.writeHead(200, { ...json, "cache-control": "no-store" }).end(SMALL))
  })
  server.keepAliveTimeout = 30_000
  server.on("upgrade", greet)
  await once(server.listen(0, "127.0.0.1"), "listening")
  const { port } = server.address() as AddressInfo
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  return { name: `127.0.0.1:${port}`, stop }
}

function greet(req: IncomingMessage, socket: Duplex): void {
  const accept = createHash("sha1").update(`${req.headers["sec-websocket-key"]}${WEBSOCKET}`).digest("base64")
  const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
  socket.on("error", () => {}).once("end", () => socket.end())
  socket.once("data", () => socket.end(END))
  socket.write(`${[...head, `Sec-WebSocket-Accept: ${accept}`].join("\r\n")}\r\n\r\n`)
  socket.write(HI)
}
