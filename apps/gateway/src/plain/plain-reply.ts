import type { OutgoingHttpHeaders } from "node:http"
import type { Socket } from "node:net"
import type { Reply } from "../exchange.ts"
import { dateLine, headLines } from "./response-head.ts"

/** How long a connection may lie idle: clients are told, so that they need not find out. */
export const KEEP_ALIVE_SECONDS = 65
/** How heads end. */
const KEPT = `\r\nconnection: keep-alive\r\nkeep-alive: timeout=${KEEP_ALIVE_SECONDS}\r\n\r\n`
const CLOSED = "\r\nconnection: close\r\n\r\n"
const LAST_CHUNK = "0\r\n\r\n"

/** Whose connection the answer goes to. */
export interface ReplyOwner {
  readonly socket: Socket
  /** All of it is with the kernel. */
  onReplyOver(reply: PlainReply): void
}

/**
 * The answer to a plain request: its bytes go to the connection as they are, the head with the first of the body. It
 * is no stream of its own, which would cost more than the rest of an answer.
 */
export class PlainReply implements Reply {
  headersSent = false
  statusCode = 200
  shouldKeepAlive = true
  destroyed = false
  writableEnded = false
  writableFinished = false
  bytesSent = 0
  readonly #owner: ReplyOwner
  readonly #isHead: boolean
  /** Written, but not yet on its way. */
  #head = ""
  #isBodiless = false
  #isChunked = false
  /** Bytes of the body that are to come, where the head says how many; an answer with others is cut. */
  #left = Number.POSITIVE_INFINITY

  /** Who is told; an emitter of events would cost more than all else that is kept here. */
  readonly #onClose: (() => void)[] = []
  #onDrain: (() => void)[] = []

  constructor(owner: ReplyOwner, method: string) {
    this.#owner = owner
    this.#isHead = method === "HEAD"
  }

  get socket(): Socket {
    return this.#owner.socket
  }

  get writable(): boolean {
    return !this.destroyed && !this.writableEnded
  }

  get writableNeedDrain(): boolean {
    return this.writable && this.socket.writableNeedDrain
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): void {
    const length = headers["content-length"]
    const isBodiless = this.#isHead || status === 204 || status === 304
    let head = headLines(status, headers)
    if (headers.date === undefined) head += dateLine()
    if (length !== undefined) this.#left = Number(length)
    else if (!isBodiless) head += "\r\ntransfer-encoding: chunked"
    this.#isChunked = length === undefined
    this.#isBodiless = isBodiless
    this.#head = head + (this.shouldKeepAlive ? KEPT : CLOSED)
    this.statusCode = status
    this.headersSent = true
  }

  flushHeaders(): void {
    if (this.#head !== "") this.#send("")
  }

  /** A plain request has no body to wait for. */
  writeContinue(): void {}

  writeProcessing(): void {
    this.#writeInterim(102, {})
  }

  writeEarlyHints(hints: Record<string, string | string[]>): void {
    this.#writeInterim(103, hints)
  }

  /** @returns whether more may come before `drain` */
  write(chunk: Uint8Array, done?: (error?: Error | null) => void): boolean {
    if (!this.writable || chunk.length === 0 || this.#isBodiless) return true
    this.#left -= chunk.length
    if (this.#left < 0) return this.#cut()
    return this.#isChunked ? this.#sendChunk(chunk, "\r\n", done) : this.#send(chunk, done)
  }

  /** @param last the rest of the body; a text has one character a byte */
  end(last: Uint8Array | string = ""): void {
    if (!this.writable) return
    this.writableEnded = true
    if (this.#isBodiless) this.#send("", this.#onSent)
    else if (this.#isChunked) this.#endChunks(last)
    else if (this.#left === last.length) this.#send(last, this.#onSent)
    else this.#cut()
  }

  destroy(): void {
    this.socket.destroy()
  }

  on(_event: "close", listener: () => void): void {
    this.#onClose.push(listener)
  }

  once(event: "close" | "drain", listener: () => void): void {
    if (event === "close") this.#onClose.push(listener)
    else this.#onDrain.push(listener)
  }

  /** More may be written. */
  drained(): void {
    const waiting = this.#onDrain
    this.#onDrain = []
    for (const each of waiting) each()
  }

  /** The connection is closed, or free for the next answer. */
  over(): void {
    if (this.destroyed) return
    this.destroyed = true
    for (const each of this.#onClose) each()
  }

  readonly #onSent = (error?: Error | null): void => {
    if (error || this.writableFinished) return
    this.writableFinished = true
    this.#owner.onReplyOver(this)
  }

  #endChunks(last: Uint8Array | string): void {
    if (last.length === 0) this.#send(LAST_CHUNK, this.#onSent)
    else this.#sendChunk(last, `\r\n${LAST_CHUNK}`, this.#onSent)
  }

  #sendChunk(chunk: Uint8Array | string, tail: string, done?: (error?: Error | null) => void): boolean {
    this.socket.cork()
    this.#send(`${chunk.length.toString(16)}\r\n`)
    this.#send(chunk)
    const isTaken = this.#send(tail, done)
    this.socket.uncork()
    return isTaken
  }

  /** The head goes with the first bytes. */
  #send(bytes: Uint8Array | string, done?: (error?: Error | null) => void): boolean {
    const { socket } = this
    const head = this.#head
    this.#head = ""
    this.bytesSent += head.length + bytes.length
    if (typeof bytes === "string") return this.#sendText(head + bytes, done)
    if (head === "") return socket.write(bytes, done)
    socket.cork()
    socket.write(head, "latin1")
    const isTaken = socket.write(bytes, done)
    socket.uncork()
    return isTaken
  }

  #sendText(text: string, done?: (error?: Error | null) => void): boolean {
    const { socket } = this
    // Nothing, behind something that is not yet with the kernel, is done when that is.
    if (text !== "" || socket.writableLength > 0) return socket.write(text, "latin1", done)
    if (done) process.nextTick(done, null)
    return true
  }

  /** What was sent must not be taken for an answer. */
  #cut(): boolean {
    this.socket.resetAndDestroy()
    return true
  }

  #writeInterim(status: number, headers: OutgoingHttpHeaders): void {
    if (!this.headersSent && this.writable)
      this.socket.write(`${headLines(status, headers)}\r\n\r\n`, "latin1")
  }
}
