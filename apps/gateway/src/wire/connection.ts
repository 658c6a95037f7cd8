import type { IncomingHttpHeaders } from "node:http"
import { connect, type Socket } from "node:net"
import { errors } from "undici"
import { HeadCollector } from "./head-collector.ts"
import { type GiveBack, keepBuffer, LEAST_LENT_BYTES, type Lent, lend, takeBuffer } from "./lent-buffers.ts"
import { BODY_IDLE_MS, CONNECT_MS, HEADERS_MS } from "./limits.ts"
import { type BodyReader, bodyReader } from "./response-body.ts"
import { malformed, type ResponseHead, readResponseHead } from "./response-head.ts"

/** Interim responses (1xx) before the one that counts. */
const MOST_INTERIM = 10
/** A body up to here that comes with its head is handed on as text. */
const MOST_TEXT_BYTES = 16 * 1024

/** What connections read into: each read is taken in as a whole before the next one of any of them. */
const INBOX = Buffer.allocUnsafeSlow(64 * 1024)

/** By which whoever asked ends the answer or slows it down. */
export interface Control {
  abort(reason: Error): void
  pause(): void
  resume(): void
}

/** Who asked. */
export interface Receiver {
  /** From now on the replica may have something of the request. */
  onRequestStart(control: Control): void
  /** Once for each interim response (1xx) too. */
  onResponseStart(control: Control, status: number, headers: IncomingHttpHeaders): void
  /** @param giveBack for who is done with the chunk: its memory is used again; else it may be kept */
  onResponseData(control: Control, chunk: Buffer, giveBack?: GiveBack): void
  /** In the place of the data and the end, for a short body that came with its head. @param body one character a byte */
  onResponseText(body: string): void
  onResponseEnd(): void
  onResponseError(control: Control, error: Error): void
}

export interface Address {
  host: string
  port: number
}

/** Whose connection it is. */
export interface ConnectionOwner {
  /** It can carry the next request. */
  onFree(connection: Connection): void
  onClosed(connection: Connection): void
}

/** One connection to a replica and the request that it carries: one at a time, without a body. */
export class Connection implements Control {
  readonly #socket: Socket
  readonly #owner: ConnectionOwner
  #connecting: NodeJS.Timeout | undefined
  #receiver: Receiver | undefined
  #method = ""
  #request = ""
  readonly #heads = new HeadCollector()
  #interim = 0
  /** What is read into: shared by all, but for the middle of large bodies, which is passed on where it lies. */
  #inbox: Buffer = INBOX
  #head: ResponseHead | undefined
  #body: BodyReader | undefined
  /** When it has waited too long, or lain idle too long; of `performance.now`. */
  #dueAt = Number.POSITIVE_INFINITY

  constructor({ host, port }: Address, owner: ConnectionOwner) {
    this.#owner = owner
    this.#socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      onread: { buffer: () => this.#nextInbox(), callback: (size) => this.#onBytes(size) },
    })
    this.#connecting = setTimeout(() => this.#fail(new errors.ConnectTimeoutError()), CONNECT_MS)
    this.#socket
      .once("connect", () => this.#onConnect())
      .once("end", () => this.#onEnd())
      .on("error", (error) => this.#fail(error))
      .once("close", () => this.#onClose())
  }

  /** Whether a request may be given to it. */
  isUsable(now: number): boolean {
    return now < this.#dueAt && this.#socket.writable
  }

  /** @param request its head, see `requestHead` */
  ask(method: string, request: string, receiver: Receiver): void {
    this.#method = method
    this.#request = request
    this.#receiver = receiver
    this.#dueAt = Number.POSITIVE_INFINITY
    if (!this.#connecting) this.#send(receiver)
  }

  /** Ends what has taken, or lain idle, too long. */
  expire(now: number): void {
    if (now < this.#dueAt) return
    this.#fail(this.#head ? new errors.BodyTimeoutError() : new errors.HeadersTimeoutError())
  }

  cut(): void {
    this.#socket.destroy()
  }

  abort(reason: Error): void {
    this.#fail(reason)
  }

  pause(): void {
    this.#dueAt = Number.POSITIVE_INFINITY
    this.#socket.pause()
  }

  resume(): void {
    if (this.#receiver) this.#dueAt = performance.now() + BODY_IDLE_MS
    this.#socket.resume()
  }

  #onConnect(): void {
    clearTimeout(this.#connecting)
    this.#connecting = undefined
    if (this.#receiver) this.#send(this.#receiver)
  }

  #send(receiver: Receiver): void {
    receiver.onRequestStart(this)
    if (!this.#receiver) return
    this.#dueAt = performance.now() + HEADERS_MS
    this.#socket.write(this.#request, "latin1")
  }

  #onBytes(size: number): boolean {
    try {
      // Nobody has asked: it must not become the answer to what is asked next.
      if (!this.#receiver) this.cut()
      else this.#read(size)
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
    return true
  }

  /** What the next read goes to. */
  #nextInbox(): Buffer {
    const isOwn = this.#inbox !== INBOX
    const isForPieces = this.#body !== undefined && this.#body.left >= LEAST_LENT_BYTES
    if (isForPieces && !isOwn) this.#inbox = takeBuffer()
    else if (isOwn && !isForPieces) this.#dropInbox()
    return this.#inbox
  }

  #dropInbox(): void {
    if (this.#inbox !== INBOX) keepBuffer(this.#inbox)
    this.#inbox = INBOX
  }

  #read(size: number): void {
    let at = 0
    while (!this.#body) {
      const collected = this.#heads.take(this.#inbox, at, size)
      if (!collected) return
      at = collected.end
      this.#takeHead(readResponseHead(collected.text, this.#method))
      if (!this.#receiver) return
      if (this.#isText(size - at)) {
        this.#finish(this.#receiver, true, this.#inbox.toString("latin1", at, size))
        return
      }
    }
    const end = this.#body.read(this.#inbox, at, size, this.#give)
    if (this.#receiver && this.#head && end !== undefined) this.#finish(this.#receiver, end === size)
    else if (this.#dueAt !== Number.POSITIVE_INFINITY) this.#dueAt = performance.now() + BODY_IDLE_MS
  }

  /** Whether the bytes behind a head are all of a short body: then it needs no memory of its own. */
  #isText(bytes: number): boolean {
    return bytes > 0 && bytes <= MOST_TEXT_BYTES && this.#head?.framing === bytes
  }

  #takeHead(head: ResponseHead): void {
    const { status, headers, framing } = head
    if (status === 101 || (status < 200 && ++this.#interim > MOST_INTERIM)) malformed("an interim response")
    if (status >= 200) {
      this.#head = head
      this.#body = bodyReader(framing)
    }
    this.#receiver?.onResponseStart(this, status, headers)
  }

  /** Hands on a piece where it lies, if that is memory of this connection alone and enough of it; else a copy. */
  readonly #give = (from: number, to: number): void => {
    if (!this.#receiver) return
    if (to - from < LEAST_LENT_BYTES) {
      const chunk = Buffer.allocUnsafe(to - from)
      this.#inbox.copy(chunk, 0, from, to)
      this.#receiver.onResponseData(this, chunk)
      return
    }
    const { chunk, giveBack } = this.#inbox === INBOX ? this.#lendCopy(from, to) : lend(this.#inbox, from, to)
    this.#inbox = INBOX
    this.#receiver.onResponseData(this, chunk, giveBack)
  }

  #lendCopy(from: number, to: number): Lent {
    const copy = takeBuffer()
    this.#inbox.copy(copy, 0, from, to)
    return lend(copy, 0, to - from)
  }

  /**
   * @param isClean whether nothing came behind the response
   * @param text the body, where it was not handed on before
   */
  #finish(receiver: Receiver, isClean: boolean, text?: string): void {
    const idleMs = this.#head?.idleMs ?? 0
    this.#receiver = undefined
    this.#head = undefined
    this.#body = undefined
    this.#interim = 0
    this.#dueAt = performance.now() + idleMs
    if (isClean && idleMs > 0) {
      if (this.#socket.isPaused()) this.#socket.resume()
      this.#owner.onFree(this)
    } else this.cut()
    if (text === undefined) receiver.onResponseEnd()
    else receiver.onResponseText(text)
  }

  #fail(error: Error): void {
    const receiver = this.#receiver
    this.#receiver = undefined
    this.cut()
    receiver?.onResponseError(this, error)
  }

  #onEnd(): void {
    if (this.#receiver && this.#head?.framing === "until it closes") this.#finish(this.#receiver, false)
  }

  #onClose(): void {
    this.#dropInbox()
    clearTimeout(this.#connecting)
    this.#fail(new errors.SocketError("other side closed"))
    this.#owner.onClosed(this)
  }
}
