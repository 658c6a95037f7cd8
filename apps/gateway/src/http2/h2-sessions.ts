import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2"
import type { Socket } from "node:net"
import { type Exchange, newExchange } from "../exchange.ts"
import { H2Reply } from "./h2-reply.ts"
import { H2Request, Unreadable } from "./h2-request.ts"

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_FLAG_END_STREAM, NGHTTP2_NO_ERROR, NGHTTP2_PROTOCOL_ERROR } =
  constants

const MAX_STREAMS = 100
/**
 * Streams that a connection may have broken off, by whichever side, and how many more a second: browsers that scroll
 * break off some, whoever does so with all of them wants work done for nobody (CVE-2023-44487, CVE-2025-8671).
 */
const RESETS = { burst: 200, perSecond: 20 }
/**
 * After so many of them, however slowly they came, the client is told to open another connection: Node goes on counting
 * what was waiting to be sent on a stream that is broken off, up to a piece of h2-reply.ts, and refuses all streams once
 * that comes to `maxSessionMemory`.
 */
const MOST_RESETS = 1_000

const OPTIONS = {
  settings: {
    maxConcurrentStreams: MAX_STREAMS,
    initialWindowSize: 256 * 1024,
    maxHeaderListSize: 16 * 1024,
  },
  maxSettings: 32,
  maxSessionInvalidFrames: 20,
  maxSessionRejectedStreams: 100,
  maxOutstandingPings: 10,
  /** MB of headers and of what waits to be sent: 8 of streams that are open, the rest of broken ones (`MOST_RESETS`). */
  maxSessionMemory: 64,
  // The chain counts 100 headers; beside them stand the pseudo-headers, and cookies in pieces.
  maxHeaderListPairs: 200,
  streamResetBurst: RESETS.burst,
  streamResetRate: RESETS.perSecond,
  strictFieldWhitespaceValidation: true,
}
/** For all streams of a connection. */
const SESSION_WINDOW = 1024 * 1024

/** The connections that speak HTTP/2, and what is under way on them. */
export class H2Sessions {
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #take: (exchange: Exchange) => void
  readonly #silenceMs: number
  readonly #mostResets: number
  #draining = false

  /**
   * @param silenceMs after which a connection on which nothing moves is cut
   * @param mostResets streams that may be broken off before another connection has to be opened
   */
  constructor(take: (exchange: Exchange) => void, silenceMs: number, mostResets = MOST_RESETS) {
    this.#take = take
    this.#silenceMs = silenceMs
    this.#mostResets = mostResets
  }

  /** Speaks HTTP/2 on a connection that was made by TLS and has agreed on it. */
  serve(socket: Socket): void {
    const session = performServerHandshake(socket, OPTIONS)
    const resets = new Resets()
    this.#sessions.add(session)
    session.once("close", () => this.#sessions.delete(session))
    session.on("error", () => session.destroy())
    session.once("connect", () => session.setLocalWindowSize(SESSION_WINDOW))
    session.setTimeout(this.#silenceMs, () => session.destroy())
    session.on("stream", (stream, _headers, flags, rawHeaders: string[]) => {
      stream.on("error", () => {})
      stream.once("close", () => {
        if (stream.rstCode === NGHTTP2_NO_ERROR && !stream.aborted) return
        resets.note()
        if (resets.areTooMany) session.destroy(undefined, NGHTTP2_ENHANCE_YOUR_CALM)
        else if (resets.total === this.#mostResets) session.close()
      })
      this.#onStream(stream, socket, rawHeaders, (flags & NGHTTP2_FLAG_END_STREAM) !== 0)
    })
    if (this.#draining) session.close()
  }

  /** Has clients open no more streams (GOAWAY); each connection ends with its last answer. */
  drain(): void {
    this.#draining = true
    for (const each of this.#sessions) each.close()
  }

  cut(): void {
    for (const each of this.#sessions) each.destroy()
  }

  #onStream(stream: ServerHttp2Stream, socket: Socket, rawHeaders: readonly string[], ended: boolean): void {
    try {
      const req = new H2Request(stream, socket, rawHeaders, ended)
      const awaitsContinue = req.headers.expect?.toLowerCase() === "100-continue"
      const res = new H2Reply(stream, req.method)
      this.#take(newExchange({ req, res, body: req, awaitsContinue }))
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      stream.close(NGHTTP2_PROTOCOL_ERROR)
    }
  }
}

/** How often a connection has broken streams off. */
class Resets {
  total = 0
  /** Those that count yet. */
  #recent = 0
  #countedAt = performance.now()

  note(): void {
    const now = performance.now()
    this.total++
    this.#recent = Math.max(0, this.#recent - ((now - this.#countedAt) / 1000) * RESETS.perSecond) + 1
    this.#countedAt = now
  }

  get areTooMany(): boolean {
    return this.#recent > RESETS.burst
  }
}
