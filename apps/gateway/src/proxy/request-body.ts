import type { IncomingMessage } from "node:http"
import { Readable } from "node:stream"
import { hasBody } from "../answer.ts"
import type { Exchange, Refusal } from "../exchange.ts"
import { bodyTooLarge } from "../policies/limit-body.ts"

const IDLE_MS = 30_000

/** Why a body was cut off, as the client is told. */
export class BodyRefused extends Error {
  override name = "BodyRefused"
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.error)
    this.refusal = refusal
  }
}

export interface BodyLimits {
  /** Bytes. */
  max: number
  tooLarge: Refusal
  /** How long the client may send nothing while it is being waited for. */
  idleMs: number
  /** Called once, when the first byte is wanted: the moment for `100 Continue`. */
  onStart: () => void
  /** Told of every piece's size. */
  onBytes?: (bytes: number) => void
}

/**
 * The request's body on its way to a replica: read no faster than it is written on, counted, cut off when it
 * grows too large or stalls. Until `started` nothing was taken from it and another replica can still have it.
 * Destroying it drops the rest but leaves the client's connection alone, so that an answer can still be sent.
 */
export class RequestBody extends Readable {
  started = false
  readonly #req: IncomingMessage
  readonly #limits: BodyLimits
  #received = 0
  #idle: NodeJS.Timeout | undefined

  constructor(req: IncomingMessage, limits: BodyLimits) {
    super({ autoDestroy: true })
    this.#req = req
    this.#limits = limits
  }

  override _read(): void {
    if (!this.started) this.#start()
    this.#armIdle()
    this.#req.resume()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#idle)
    this.#req.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onClose)
    if (this.started) this.#req.resume()
    done(error)
  }

  #start(): void {
    this.started = true
    this.#limits.onStart()
    this.#req.on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onClose)
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#received += chunk.length
    this.#limits.onBytes?.(chunk.length)
    if (this.#received > this.#limits.max) {
      this.destroy(new BodyRefused(this.#limits.tooLarge))
    } else if (this.push(chunk)) {
      this.#armIdle()
    } else {
      clearTimeout(this.#idle)
      this.#idle = undefined
      this.#req.pause()
    }
  }

  readonly #onEnd = (): void => {
    clearTimeout(this.#idle)
    this.push(null)
  }

  readonly #onClose = (): void => {
    if (!this.#req.complete) this.destroy(new Error("the client left before its request was complete"))
  }

  #armIdle(): void {
    if (this.#idle) {
      this.#idle.refresh()
      return
    }
    this.#idle = setTimeout(() => {
      this.destroy(new BodyRefused({ status: 408, error: "The request body stopped coming" }))
    }, this.#limits.idleMs)
  }
}

/** The body of an exchange, if it has one, to be read; the client is told to go on once the first byte is wanted. */
export function openBody(exchange: Exchange): RequestBody | null {
  const { body } = exchange
  if (!body || !hasBody(body)) return null
  return new RequestBody(body, {
    max: exchange.bodyLimit,
    tooLarge: bodyTooLarge(exchange),
    idleMs: IDLE_MS,
    onBytes: (bytes) => {
      exchange.trail.bytesIn += bytes
    },
    onStart: () => {
      if (!exchange.awaitsContinue) return
      exchange.awaitsContinue = false
      exchange.res.writeContinue()
    },
  })
}
