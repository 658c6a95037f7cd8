import type { OutgoingHttpHeaders } from "node:http"
import { Socket } from "node:net"
import { Writable } from "node:stream"
import { BodilessRequest } from "../bodiless-request.ts"
import { type Exchange, newTrail, type Reply, type Request } from "../exchange.ts"
import type { StoredResponse } from "./stored-response.ts"
import { canBeConfirmed } from "./update-stored.ts"

/** The connection of requests that come from the cache itself: it is never opened and never closed. */
const NOWHERE = new Socket()
/** What a client asks that the cache answers by itself from what the origin sends. */
const CONDITIONS = new Set(["if-none-match", "if-modified-since", "if-range", "range"])

/** What becomes of a response that the cache asked for. */
export interface Receiver {
  /** Something comes before the answer. */
  onInterim(tell: (reply: Reply) => void): void
  onHead(status: number, headers: OutgoingHttpHeaders): void
  /** @param taken called when the next chunk may come */
  onData(chunk: Buffer, taken: () => void): void
  onEnd(): void
  /** The response broke off, or there will be none. */
  onFailure(): void
}

/** Takes an answer in the place of a client's response. */
export class OriginReply extends Writable implements Reply {
  headersSent = false
  statusCode = 0
  shouldKeepAlive = true
  readonly socket = { resetAndDestroy: () => this.destroy() }
  readonly #receiver: Receiver

  constructor(receiver: Receiver) {
    super({ decodeStrings: true })
    this.#receiver = receiver
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): void {
    this.headersSent = true
    this.statusCode = status
    this.#receiver.onHead(status, headers)
  }

  /** The head is known once it is written. */
  flushHeaders(): void {}

  /** Requests of the cache have no body. */
  writeContinue(): void {}

  writeProcessing(): void {
    this.#receiver.onInterim((reply) => reply.writeProcessing())
  }

  writeEarlyHints(hints: Record<string, string | string[]>): void {
    this.#receiver.onInterim((reply) => reply.writeEarlyHints(hints))
  }

  /** A copy: what is written may be lent, and may be kept from here on. */
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#receiver.onData(Buffer.from(chunk), done)
  }

  override _final(done: () => void): void {
    this.#receiver.onEnd()
    done()
  }

  override _destroy(_error: Error | null, done: () => void): void {
    if (!this.writableFinished) this.#receiver.onFailure()
    done()
  }
}

/**
 * An exchange like the client's that ends in `reply`.
 *
 * @param stored the response that the origin is asked to confirm, if it can be, in place of the client's conditions
 */
export function originExchange(
  exchange: Exchange,
  reply: OriginReply,
  stored: StoredResponse | undefined,
): Exchange {
  const { client, requestId, traceparent, tracestate, path, search } = exchange
  const asks = stored && canBeConfirmed(stored)
  const req = asks ? conditional(exchange.req, stored) : copyOf(exchange.req, new Set())
  return {
    req,
    body: undefined,
    res: reply,
    requestId,
    client: { ...client },
    traceparent,
    tracestate,
    path,
    search,
    bodyLimit: 0,
    awaitsContinue: false,
    keptBody: undefined,
    upgrade: undefined,
    chosenReplica: undefined,
    trail: newTrail(exchange.trail.route),
    yieldPlace: () => {},
    onHead: undefined,
  }
}

function conditional(asked: Request, { fields }: StoredResponse): Request {
  const req = copyOf(asked, CONDITIONS)
  for (const [name, validator] of [
    ["if-none-match", fields.etag],
    ["if-modified-since", fields["last-modified"]],
  ] as const) {
    if (typeof validator !== "string") continue
    req.rawHeaders.push(name, validator)
    req.headers[name] = validator
  }
  return req
}

/** The same request on no connection, its body left out: it lives on when the client leaves. */
function copyOf(asked: Request, without: ReadonlySet<string>): Request {
  const { method, url, httpVersion } = asked
  const headers = { ...asked.headers }
  const rawHeaders: string[] = []
  for (let i = 0; i + 1 < asked.rawHeaders.length; i += 2) {
    const name = asked.rawHeaders[i] ?? ""
    if (without.has(name.toLowerCase())) delete headers[name.toLowerCase()]
    else rawHeaders.push(name, asked.rawHeaders[i + 1] ?? "")
  }
  return new BodilessRequest({ method, url, httpVersion, headers, rawHeaders, socket: NOWHERE })
}
