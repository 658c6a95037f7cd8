import type { Socket } from "node:net"
import { BodilessRequest } from "../bodiless-request.ts"
import type { Request } from "../exchange.ts"
import { refuseBytes } from "../refuse-bytes.ts"
import { KEEP_ALIVE_SECONDS, PlainReply, type ReplyOwner } from "./plain-reply.ts"
import { type PlainHead, readPlainHead } from "./read-plain-head.ts"

/** For a whole head, from the connection's or the head's first byte on. */
const HEAD_SECONDS = 10
/** More of a head may make it a plain one: no line ends but in CRLF, no byte is another than plain ones have. */
const BEGINS_PLAIN = /^(?:GET|HEAD) (?:[\t\x20-\x7e]|\r\n)*\r?$/
/** What any request begins with. */
const BEGINS_REQUEST = /^[A-Z-]+(?: |$)/
const MOST_METHOD = 16
/** Pieces in which a head may come; each is looked at with those before it. */
const MOST_PIECES = 4

export interface PlainLimits {
  maxHeadBytes: number
  /** With nothing moving in either direction. */
  silenceMs: number
}

/** What becomes of the requests on a connection. */
export interface PlainOwner {
  onRequest(request: Request, reply: PlainReply): void
  /** Something else came: from here on the connection belongs to a parser of all of HTTP/1.1. */
  onOther(connection: PlainConnection): void
  onClosed(connection: PlainConnection): void
}

/**
 * A client's connection for as long as it carries plain requests alone, one after another. Nothing else is ever
 * interpreted here.
 */
export class PlainConnection implements ReplyOwner {
  readonly socket: Socket
  readonly #owner: PlainOwner
  readonly #maxHeadBytes: number
  readonly #silenceMs: number
  #reply: PlainReply | undefined
  /** Read, but not yet taken in: a head's beginning, or what came before its turn. */
  #unread: Buffer | undefined
  #pieces = 0
  #hasCarried = false
  #idleSeconds = 0
  /** Whether the socket has a timer of its own: only for an answer that takes long, as each byte would move it. */
  #isTimed = false

  constructor(socket: Socket, limits: PlainLimits, owner: PlainOwner) {
    this.socket = socket
    this.#owner = owner
    this.#maxHeadBytes = limits.maxHeadBytes
    this.#silenceMs = limits.silenceMs
    socket
      .on("data", this.#onData)
      .on("drain", this.#onDrain)
      .on("end", this.#onEnd)
      .on("timeout", this.#onSilence)
      .on("error", ignore)
      .on("close", this.#onClose)
  }

  /** The answer under way. */
  get reply(): PlainReply | undefined {
    return this.#reply
  }

  /** Called each second: ends what lies idle, or dribbles a head, for too long, and has silence noticed. */
  tick(): void {
    if (this.#reply) {
      if (!this.#isTimed) this.#time(this.#silenceMs)
      return
    }
    this.#idleSeconds++
    if (this.#hasCarried && !this.#unread) {
      if (this.#idleSeconds > KEEP_ALIVE_SECONDS) this.socket.destroy()
    } else if (this.#idleSeconds > HEAD_SECONDS) refuseBytes(this.socket, 408)
  }

  closeIdle(): void {
    if (!this.#reply) this.socket.destroySoon()
  }

  onReplyOver(reply: PlainReply): void {
    this.#reply = undefined
    this.#idleSeconds = 0
    if (this.#isTimed) this.#time(0)
    if (!reply.shouldKeepAlive) this.socket.destroySoon()
    reply.over()
    if (this.#unread && reply.shouldKeepAlive) this.#goOn(this.#unread)
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#reply) this.#keepForLater(bytes)
    else this.#read(this.#unread ? Buffer.concat([this.#unread, bytes]) : bytes)
  }

  #keepForLater(bytes: Buffer): void {
    // Cut now: with the answer under way the client would take what is said of it for the next one.
    if (!BEGINS_REQUEST.test(bytes.toString("latin1", 0, MOST_METHOD))) this.socket.destroy()
    this.#unread = bytes
    this.socket.pause()
  }

  /** With what came while an answer was under way. */
  #goOn(bytes: Buffer): void {
    this.#read(bytes)
    this.socket.resume()
  }

  #read(bytes: Buffer): void {
    const text = bytes.toString("latin1")
    const head = bytes.length <= this.#maxHeadBytes ? readPlainHead(text) : undefined
    if (head) this.#begin(head)
    else if (this.#mayBecomePlain(text)) this.#keep(bytes)
    else this.#handOver(bytes)
  }

  #begin(head: PlainHead): void {
    this.#unread = undefined
    this.#pieces = 0
    this.#hasCarried = true
    const reply = new PlainReply(this, head.method)
    this.#reply = reply
    this.#owner.onRequest(new BodilessRequest({ ...head, httpVersion: "1.1", socket: this.socket }), reply)
  }

  /** @param ms 0 for no limit */
  #time(ms: number): void {
    this.#isTimed = ms > 0
    this.socket.setTimeout(ms)
  }

  #mayBecomePlain(text: string): boolean {
    if (text.length > this.#maxHeadBytes || this.#pieces >= MOST_PIECES) return false
    return !text.includes("\r\n\r\n") && BEGINS_PLAIN.test(text)
  }

  #keep(bytes: Buffer): void {
    if (this.#pieces === 0) this.#idleSeconds = 0
    this.#pieces++
    this.#unread = bytes
  }

  #handOver(bytes: Buffer): void {
    const { socket } = this
    socket
      .off("data", this.#onData)
      .off("drain", this.#onDrain)
      .off("end", this.#onEnd)
      .off("timeout", this.#onSilence)
      .off("error", ignore)
      .off("close", this.#onClose)
    socket.setTimeout(0)
    socket.pause()
    socket.unshift(bytes)
    this.#owner.onOther(this)
    socket.resume()
  }

  readonly #onDrain = (): void => {
    this.#reply?.drained()
  }

  /** Who says that nothing more will come has, as a rule, left. */
  readonly #onEnd = (): void => {
    if (this.#reply) this.socket.destroy()
    else this.socket.end()
  }

  readonly #onSilence = (): void => {
    this.socket.destroy()
  }

  readonly #onClose = (): void => {
    this.#reply?.over()
    this.#reply = undefined
    this.#owner.onClosed(this)
  }
}

function ignore(): void {}
