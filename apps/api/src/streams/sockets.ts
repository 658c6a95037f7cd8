import type { IncomingMessage } from "node:http"
import type { Duplex } from "node:stream"
import { type Context, DomainError, Invalid, TooMany } from "@tintype/domain"
import type { Session } from "@tintype/domain/auth"
import {
  type Channel,
  type Closing,
  channelOf,
  type StreamClient,
  type StreamHub,
} from "@tintype/domain/streams"
import type { FastifyInstance } from "fastify"
import { type WebSocket, WebSocketServer } from "ws"
import { refusalOf } from "../http/errors.ts"
import { authenticateStream } from "./authenticate-stream.ts"
import { readFrame } from "./read-frame.ts"

const PATH = "/api/v1/streaming"
/** What a client sends is a few words. */
const FRAME_MAX_BYTES = 4 * 1024
/** What may wait for a client that reads slowly. */
const BUFFER_MAX_BYTES = 512 * 1024
const PING_MS = 30_000
/** Frames in a ping's time, and how often a client may talk nonsense. */
const MOST_FRAMES = 300

const CODES: Readonly<Record<Closing, number>> = { session: 1008, gap: 1013, drain: 1012 }

/** One client over a WebSocket. */
class SocketClient implements StreamClient {
  readonly #socket: WebSocket
  isAlive = true
  frames = 0

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  deliver({ stream }: Channel, { name, quoted }: Parameters<StreamClient["deliver"]>[1]): void {
    this.say(`{"stream":${JSON.stringify(stream)},"event":"${name}","payload":${quoted}}`)
  }

  /** Who does not read is sent away: it may come back and ask for what it missed. */
  say(text: string): void {
    if (this.#socket.bufferedAmount > BUFFER_MAX_BYTES) this.#socket.terminate()
    else if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text)
  }

  close(why: Closing): void {
    this.#socket.close(CODES[why], why)
  }

  /** Ends what did not answer the last ping. */
  ping(): void {
    if (!this.isAlive) this.#socket.terminate()
    else this.#socket.ping()
    this.isAlive = false
    this.frames = 0
  }
}

/** As Mastodon tells it: what it does not understand has the status 400. */
function refuse(error: DomainError): string {
  const { status, body } = refusalOf(error, false)
  return JSON.stringify({ error: body.error, status: error instanceof Invalid ? 400 : status })
}

async function follow(hub: StreamHub, session: Session, socket: WebSocket, query: URLSearchParams) {
  const client = new SocketClient(socket)
  const membership = hub.join(session, client)
  const ping = setInterval(() => client.ping(), PING_MS)
  socket.on("close", () => {
    clearInterval(ping)
    membership.leave()
  })
  socket.on("error", () => socket.terminate())
  socket.on("pong", () => {
    client.isAlive = true
  })
  const act = async (text: string) => {
    try {
      client.frames++
      if (client.frames > MOST_FRAMES) throw new TooMany(60)
      const { type, channel } = readFrame(text)
      if (type === "subscribe") await membership.subscribe(channel)
      else membership.unsubscribe(channel)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      client.say(refuse(error))
      if (error instanceof TooMany) socket.close(1008, "too many")
    }
  }
  socket.on("message", (data, isBinary) => {
    if (isBinary) socket.close(1003, "text only")
    else void act(String(data)).catch(() => socket.close(1011, "error"))
  })
  const name = query.get("stream")
  if (name === null) return
  const channel = channelOf(name, { tag: query.get("tag"), list: query.get("list") })
  try {
    if (!channel) throw new Invalid("Unknown channel")
    await membership.subscribe(channel)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    client.say(refuse(error))
  }
}

function answerHandshake(socket: Duplex, error: unknown): void {
  const { status, body, headers = {} } = refusalOf(error, false)
  const text = JSON.stringify(body)
  const lines = Object.entries({ ...headers, "content-type": "application/json; charset=utf-8" })
  socket.end(
    [
      `HTTP/1.1 ${status} Refused`,
      ...lines.map(([name, value]) => `${name}: ${value}`),
      `content-length: ${Buffer.byteLength(text)}`,
      "connection: close",
      "",
      text,
    ].join("\r\n"),
  )
}

/**
 * Streams by WebSocket, as Mastodon's clients open them. The token may come as the subprotocol, which is then given
 * back as a browser demands (RFC 6455, section 4.1).
 */
export function serveSockets(app: FastifyInstance, ctx: Context, hub: StreamHub): void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: FRAME_MAX_BYTES,
    perMessageDeflate: false,
    handleProtocols: (protocols) => protocols.values().next().value ?? false,
  })
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost")
    if (pathname.replace(/\/$/, "") !== PATH) throw new Invalid("There is nothing to upgrade to here")
    const session = await authenticateStream(ctx, request, searchParams.get("access_token"))
    hub.admit(session)
    server.handleUpgrade(request, socket, head, (joined) => {
      follow(hub, session, joined, searchParams).catch((error: unknown) => {
        if (!(error instanceof DomainError)) ctx.log.error({ err: error }, "stream failed")
        joined.close(1011, "error")
      })
    })
  }
  app.server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy())
    upgrade(request, socket, head).catch((error: unknown) => {
      if (!(error instanceof DomainError)) ctx.log.error({ err: error }, "handshake failed")
      answerHandshake(socket, error)
    })
  })
  app.addHook("preClose", async () => {
    for (const socket of server.clients) socket.close(1012, "drain")
    setTimeout(() => server.clients.forEach((socket) => void socket.terminate()), 1_000).unref()
  })
}
