import type { OutgoingHttpHeaders } from "node:http"
import { constants, type ServerHttp2Stream } from "node:http2"
import { Writable } from "node:stream"
import type { Reply } from "../exchange.ts"

/** What HTTP/2 has no fields for (RFC 9113 §8.2.2). */
const OF_CONNECTIONS = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
])
/** What one answer has waiting in its session: a hundred of them are less than it may hold (`maxSessionMemory`). */
const PIECE_BYTES = 48 * 1024
const { NGHTTP2_NO_ERROR } = constants
/** Made once; clients are told INTERNAL_ERROR. */
const BROKEN_OFF = new Error("the answer broke off")

/** The answer on an HTTP/2 stream, in the form in which the policies know answers. */
export class H2Reply extends Writable implements Reply {
  headersSent = false
  statusCode = 200
  /** Of no meaning here: a stream is one request, and what follows a refused one cannot be mistaken for part of it. */
  shouldKeepAlive = true
  bytesSent = 0
  readonly socket = { resetAndDestroy: () => this.#reset() }
  readonly #stream: ServerHttp2Stream
  readonly #isHead: boolean
  #bodiless = false

  constructor(stream: ServerHttp2Stream, method: string | undefined) {
    super({ decodeStrings: true })
    this.#stream = stream
    this.#isHead = method === "HEAD"
    stream.once("close", () => this.destroy())
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): void {
    this.headersSent = true
    this.statusCode = status
    const stream = this.#stream
    if (stream.destroyed || stream.closed) {
      this.destroy()
      return
    }
    const sent: OutgoingHttpHeaders = { ":status": status }
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined && !OF_CONNECTIONS.has(name.toLowerCase())) sent[name.toLowerCase()] = value
    }
    this.#bodiless = this.#isHead || status === 204 || status === 304
    stream.respond(sent, { endStream: this.#bodiless })
  }

  /** The head is on its way once it is written. */
  flushHeaders(): void {}

  writeContinue(): void {
    this.#writeInterim({ ":status": 100 })
  }

  writeProcessing(): void {
    this.#writeInterim({ ":status": 102 })
  }

  writeEarlyHints(hints: Record<string, string | string[]>): void {
    this.#writeInterim({ ...hints, ":status": 103 })
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#bodiless) {
      done()
      return
    }
    this.bytesSent += chunk.length
    this.#writeFrom(chunk, 0, done)
  }

  #writeFrom(chunk: Buffer, from: number, done: () => void): void {
    const to = from + PIECE_BYTES
    this.#stream.write(chunk.subarray(from, to), (error) => {
      // What is in flight is not told of: its memory may still be in use.
      if (error) this.destroy()
      else if (to < chunk.length) this.#writeFrom(chunk, to, done)
      else done()
    })
  }

  override _final(done: (error?: Error | null) => void): void {
    const stream = this.#stream
    const over = () => {
      this.#dropBody()
      done()
    }
    if (this.#bodiless || stream.destroyed) over()
    else stream.end(over)
  }

  override _destroy(_error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.writableFinished) this.#reset()
    done()
  }

  #writeInterim(headers: OutgoingHttpHeaders): void {
    if (!this.#stream.destroyed && !this.headersSent) this.#stream.additionalHeaders(headers)
  }

  /**
   * What is left of the request's body is not wanted once all is said (RFC 9113 §8.1). Not at once: while frames are
   * being read the head is not on its way yet, and a reset would overtake it.
   */
  #dropBody(): void {
    const stream = this.#stream
    if (stream.endAfterHeaders || stream.readableEnded) return
    setImmediate(() => {
      if (!stream.readableEnded && !stream.closed) stream.close(NGHTTP2_NO_ERROR)
    })
  }

  /** Not by `close`, which would end the body first. */
  #reset(): void {
    if (!this.#stream.destroyed) this.#stream.destroy(BROKEN_OFF)
  }
}
