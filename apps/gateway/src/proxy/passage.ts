import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http"
import type { Duplex } from "node:stream"
import { type Dispatcher, errors } from "undici"
import { discardBody } from "../answer.ts"
import { beginResponse, type Exchange, type Refusal } from "../exchange.ts"
import type { Place } from "../line.ts"
import type { Replica, Waiting } from "../upstreams/replica.ts"
import type { Control, Receiver } from "../wire/connection.ts"
import type { GiveBack } from "../wire/lent-buffers.ts"
import { endWith } from "./end-with.ts"
import { passInterim } from "./interim.ts"
import { BodyRefused, type RequestBody } from "./request-body.ts"
import { responseHeaders } from "./response-headers.ts"

/** What an attempt ended with, when no answer has begun yet. */
export interface Failure {
  error: Error
  /** Whether anything of the request may have reached the replica. */
  sent: boolean
}

/** Who has the attempts of an exchange made. */
export interface PassageOwner {
  /** The replica begins to answer: from now on this attempt is the only one. */
  onAnswer(passage: Passage, status: number, headers: IncomingHttpHeaders): void
  /** The attempt ended before the client got a byte of an answer. */
  onFailure(passage: Passage, failure: Failure): void
  /** The replica is lost while it has the request. */
  onReplicaLost(passage: Passage): void
  /** The replica speaks another protocol from here on. */
  onUpgrade(headers: OutgoingHttpHeaders, socket: Duplex): void
}

export interface PassageOptions {
  exchange: Exchange
  replica: Replica
  /** Response headers that replace the replica's. */
  overlay: OutgoingHttpHeaders | undefined
  owner: PassageOwner
}

/** Made once: a stack for each would cost more than the rest of an attempt's end. */
const NOT_WANTED = new Error("no longer wanted")
const CLIENT_LEFT = new Error("client left")

/**
 * One attempt to have a replica answer an exchange: streams the body there and the response back, each no faster
 * than the other side takes it.
 */
export class Passage implements Dispatcher.DispatchHandler, Receiver, Waiting {
  readonly replica: Replica
  readonly startedAt = performance.now()
  readonly #exchange: Exchange
  readonly #overlay: OutgoingHttpHeaders | undefined
  readonly #owner: PassageOwner
  #controller: Control | undefined
  #place: Place<Waiting> | undefined
  #begun = false
  #over = false
  #waitsForDrain = false
  /** Bytes of the response that are to come; NaN where it does not say. */
  #left = Number.NaN

  constructor({ exchange, replica, overlay, owner }: PassageOptions) {
    this.replica = replica
    this.#exchange = exchange
    this.#overlay = overlay
    this.#owner = owner
  }

  start(headers: string[], body: RequestBody | Buffer | null): void {
    const { req, path, search, upgrade } = this.#exchange
    this.replica.outstanding++
    this.#place = this.replica.waiting.join(this)
    try {
      this.replica.dispatch(
        {
          path: path + search,
          method: req.method ?? "GET",
          headers,
          body,
          upgrade: upgrade ? "websocket" : null,
        },
        this,
      )
    } catch (error) {
      this.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** Ends the attempt without another word to its owner. */
  cancel(): void {
    if (this.#over) return
    this.#finish()
    this.#controller?.abort(NOT_WANTED)
  }

  moveOn(): void {
    this.#owner.onReplicaLost(this)
  }

  onRequestStart(controller: Control): void {
    this.#controller = controller
    if (this.#over) controller.abort(NOT_WANTED)
  }

  onRequestUpgrade(_controller: Control, status: number, headers: IncomingHttpHeaders, socket: Duplex): void {
    if (this.#over) {
      socket.destroy()
      return
    }
    this.#owner.onAnswer(this, status, headers)
    socket.once("close", () => this.#finish())
    this.#owner.onUpgrade(responseHeaders(headers), socket)
  }

  onResponseStart(controller: Control, status: number, headers: IncomingHttpHeaders): void {
    if (this.#over) return
    if (status < 200) {
      passInterim(this.#exchange, status, headers)
      return
    }
    this.#stopWaiting()
    this.#owner.onAnswer(this, status, headers)
    const sent = responseHeaders(headers)
    if (this.#overlay) Object.assign(sent, this.#overlay)
    this.#begun = beginResponse(this.#exchange, status, sent)
    if (!this.#begun) controller.abort(CLIENT_LEFT)
    this.#left = Number(headers["content-length"])
  }

  onResponseData(controller: Control, chunk: Buffer, giveBack?: GiveBack): void {
    const { res } = this.#exchange
    this.#left -= chunk.length
    if (this.#left === 0) {
      if (giveBack) res.once("close", () => res.writableFinished && giveBack())
      endWith(res, chunk)
      return
    }
    if (res.write(chunk, giveBack) || this.#waitsForDrain) return
    this.#waitsForDrain = true
    // What the kernel takes at once is drained by then, and nothing has to stop; the head goes a tick later.
    process.nextTick(() => process.nextTick(() => this.#slowDown(controller)))
  }

  onResponseText(body: string): void {
    this.#finish()
    this.#exchange.res.end(body, "latin1")
    discardBody(this.#exchange)
  }

  onResponseEnd(): void {
    this.#finish()
    const { res } = this.#exchange
    if (!res.writableEnded) res.end()
    discardBody(this.#exchange)
  }

  onResponseError(_controller: Control | undefined, error: Error): void {
    if (this.#over) return
    this.#finish()
    // A reset, not an end: a response without a length would else look complete.
    if (this.#begun) this.#exchange.res.socket?.resetAndDestroy()
    else this.#owner.onFailure(this, { error, sent: this.#controller !== undefined })
  }

  #slowDown(control: Control): void {
    const { res } = this.#exchange
    if (!res.writableNeedDrain || this.#over) {
      this.#waitsForDrain = false
      return
    }
    control.pause()
    res.once("drain", () => {
      this.#waitsForDrain = false
      control.resume()
    })
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.replica.outstanding--
    this.#stopWaiting()
  }

  #stopWaiting(): void {
    if (this.#place) this.replica.waiting.leave(this.#place)
  }
}

/** Whether the connection broke, as opposed to an answer that did not come in time. */
export const isLoss = ({ error }: Failure) => error instanceof errors.SocketError || "syscall" in error

/** What the client is told when no replica could answer. */
export function refusalFor({ error, sent }: Failure): Refusal {
  if (error instanceof BodyRefused) return error.refusal
  if (error instanceof errors.HeadersTimeoutError) {
    return { status: 504, error: "The server took too long to answer" }
  }
  if (sent) return { status: 502, error: "The server broke off before it answered" }
  return { status: 503, error: "The server cannot be reached at the moment" }
}
