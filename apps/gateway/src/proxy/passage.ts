import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http"
import { type Dispatcher, errors } from "undici"
import { discardBody } from "../answer.ts"
import { beginResponse, type Exchange, type Refusal } from "../exchange.ts"
import type { Replica } from "../upstreams/replica.ts"
import { BodyRefused, type RequestBody } from "./request-body.ts"
import { responseHeaders } from "./response-headers.ts"

const SAFE = new Set(["GET", "HEAD", "OPTIONS"])

/** What a passage ended with, when no answer has begun yet. */
export interface Failure {
  error: Error
  /** Whether anything of the request may have reached the replica. */
  sent: boolean
  /** Whether the same request may be given to another replica. */
  repeatable: boolean
}

export interface PassageOptions {
  exchange: Exchange
  replica: Replica
  body: RequestBody | null
  /** Response headers that replace the replica's. */
  overlay: OutgoingHttpHeaders | undefined
  /** Called when the attempt ends before the client got a byte of an answer. */
  onFailure: (failure: Failure) => void
}

/**
 * One attempt to have a replica answer an exchange: streams the body there and the response back, each no faster
 * than the other side takes it.
 */
export class Passage implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange
  readonly #replica: Replica
  readonly #body: RequestBody | null
  readonly #overlay: OutgoingHttpHeaders | undefined
  readonly #onFailure: (failure: Failure) => void
  #controller: Dispatcher.DispatchController | undefined
  #begun = false
  #over = false
  #waitsForDrain = false

  constructor({ exchange, replica, body, overlay, onFailure }: PassageOptions) {
    this.#exchange = exchange
    this.#replica = replica
    this.#body = body
    this.#overlay = overlay
    this.#onFailure = onFailure
  }

  start(headers: string[]): void {
    const { req, res, path, search } = this.#exchange
    this.#exchange.replica = this.#replica.name
    this.#replica.outstanding++
    res.once("close", this.#onClientGone)
    try {
      this.#replica.pool.dispatch(
        { path: path + search, method: req.method ?? "GET", headers, body: this.#body },
        this,
      )
    } catch (error) {
      this.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)))
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#exchange.res.destroyed) controller.abort(new Error("client left"))
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) return
    const sent = responseHeaders(headers)
    if (this.#overlay) Object.assign(sent, this.#overlay)
    if (!beginResponse(this.#exchange, status, sent)) {
      controller.abort(new Error("client left"))
    }
    this.#begun = true
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { res } = this.#exchange
    if (res.write(chunk) || this.#waitsForDrain) return
    this.#waitsForDrain = true
    controller.pause()
    res.once("drain", () => {
      this.#waitsForDrain = false
      controller.resume()
    })
  }

  onResponseEnd(): void {
    this.#finish()
    this.#exchange.res.end()
    discardBody(this.#exchange.req)
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#over) return
    this.#finish()
    const { req, res } = this.#exchange
    if (res.destroyed || req.socket.destroyed) return
    if (this.#begun) {
      // A reset, not an end: a response without a length would else look complete.
      res.socket?.resetAndDestroy()
      return
    }
    const sent = this.#controller !== undefined
    const untouched = !this.#body?.started
    const harmless = SAFE.has(req.method ?? "") || req.headers["idempotency-key"] !== undefined
    const lost = error instanceof errors.SocketError || "syscall" in error
    this.#onFailure({ error, sent, repeatable: untouched && (!sent || (harmless && lost)) })
  }

  readonly #onClientGone = (): void => {
    if (!this.#over) this.#controller?.abort(new Error("client left"))
  }

  #finish(): void {
    this.#over = true
    this.#replica.outstanding--
    this.#exchange.res.off("close", this.#onClientGone)
  }
}

/** What the client is told when no replica could answer. */
export function refusalFor({ error, sent }: Failure): Refusal {
  if (error instanceof BodyRefused) return error.refusal
  if (error instanceof errors.HeadersTimeoutError) {
    return { status: 504, error: "The server took too long to answer" }
  }
  if (sent) return { status: 502, error: "The server broke off before it answered" }
  return { status: 503, error: "The server cannot be reached at the moment" }
}
