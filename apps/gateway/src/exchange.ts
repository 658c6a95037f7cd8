import { randomUUID } from "node:crypto"
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { Span } from "@tintype/observe"

/** Who asks, as far as it can be believed: see policies/believe-peers.ts. */
export interface Client {
  address: string
  protocol: "http" | "https"
  /** The authority the client addressed, as in its Host header. */
  host: string
}

/** What is told of an exchange when it is over; the policies fill it in on the way. */
export interface Trail {
  /** The route that its path belongs to. */
  route: string
  /** Its part of a trace, if it is traced. */
  span: Span | undefined
  /** The replica that answered, or was asked last. */
  replica: string | undefined
  /** How often it was sent to a replica. */
  attempts: number
  /** Milliseconds until the replica's answer began. */
  replicaMs: number | undefined
  /** What the cache did, if it was asked. */
  cache: "hit" | "stale" | "miss" | "revalidated" | "coalesced" | "pass" | undefined
  /** What the client was told, where the gateway itself refused the request. */
  refusal: string | undefined
  /** Of the request's body, as far as it was read. */
  bytesIn: number
}

/** @param route where the path leads, until it is known */
export const newTrail = (route = "unknown"): Trail => ({
  route,
  span: undefined,
  replica: undefined,
  attempts: 0,
  replicaMs: undefined,
  cache: undefined,
  refusal: undefined,
  bytesIn: 0,
})

/** What is known of an exchange when it begins. */
export type Begun = Pick<Exchange, "req" | "res" | "body" | "awaitsContinue">

/** An exchange about which nothing else is known yet. */
export const newExchange = ({ req, res, body, awaitsContinue }: Begun): Exchange => ({
  req,
  body,
  res,
  requestId: randomUUID(),
  client: { address: "", protocol: "http", host: "" },
  traceparent: undefined,
  tracestate: undefined,
  path: "",
  search: "",
  bodyLimit: 0,
  awaitsContinue,
  keptBody: undefined,
  upgrade: undefined,
  chosenReplica: undefined,
  trail: newTrail(),
  yieldPlace: nothing,
  onHead: undefined,
})

function nothing(): void {}

/** How an exchange ended. */
export interface Conclusion {
  status: number
  /** Whether the client went before its answer was complete. */
  left: boolean
  seconds: number
  /** With the heads. */
  bytesOut: number
}

/** A request's head, and the connection that it came on. */
export interface Request {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly httpVersion: string
  readonly headers: IncomingHttpHeaders
  readonly headersDistinct: NodeJS.Dict<string[]>
  /** Names and values in turn, as they came. */
  readonly rawHeaders: string[]
  readonly socket: Socket
}

/** Where an answer goes: to a client, or to the cache that asks in the place of several. */
export interface Reply {
  readonly headersSent: boolean
  readonly statusCode: number
  /** Whether the connection is used again after this answer. */
  shouldKeepAlive: boolean
  /** Bytes of the answer, where they are counted one by one. */
  readonly bytesSent?: number
  readonly socket: { resetAndDestroy(): unknown } | null
  readonly destroyed: boolean
  readonly writableEnded: boolean
  readonly writableFinished: boolean
  readonly writableNeedDrain: boolean
  writeHead(status: number, headers: OutgoingHttpHeaders): unknown
  flushHeaders(): void
  writeContinue(): void
  writeProcessing(): void
  writeEarlyHints(hints: Record<string, string | string[]>): void
  /** @param done called once the chunk is needed no longer, or with an error */
  write(chunk: Uint8Array, done?: (error?: Error | null) => void): boolean
  end(chunk?: Uint8Array): unknown
  end(text: string, encoding: "latin1"): unknown
  destroy(): unknown
  on(event: "close", listener: () => void): unknown
  once(event: "close" | "drain", listener: () => void): unknown
}

/** One request and its response on their way through the chain; the policies fill it in. */
export interface Exchange {
  readonly req: Request
  readonly res: Reply
  /** The request again where it can have a body, to read it from. */
  readonly body: IncomingMessage | undefined
  requestId: string
  client: Client
  /** W3C Trace Context to go on with: of the span of this exchange, else of a trusted peer. */
  traceparent: string | undefined
  tracestate: string | undefined
  /** The request's path, percent-encoding untouched, without the query. */
  path: string
  /** The query with its question mark, or nothing. */
  search: string
  /** The largest request body let through, in bytes. */
  bodyLimit: number
  /** Whether the client waits for `100 Continue` before it sends the body. */
  awaitsContinue: boolean
  /** The request's body where it was small enough to be kept: see policies/keep-body.ts. */
  keptBody: Buffer | undefined
  /** The connection of a WebSocket handshake, and what the client has sent after it. */
  upgrade: { socket: Duplex; head: Buffer } | undefined
  /** The one replica that may answer: see policies/choose-replica.ts. */
  chosenReplica: string | undefined
  /** For figures and the access log. */
  readonly trail: Trail
  /** Gives back the place among the requests in flight, for an answer that may last for hours. */
  yieldPlace: () => void
  /** Sees and may change the head of the answer before it is sent. */
  onHead: ((status: number, headers: OutgoingHttpHeaders) => void) | undefined
}

/** Answers an exchange, now or later. What it throws becomes a 500. */
export type Handler = (exchange: Exchange) => void | Promise<void>

/** A step of the chain: answers itself or hands on to `next`. */
export type Policy = (next: Handler) => Handler

/** Composes policies so that they run in the order they are written, `last` after all of them. */
export function chain(policies: readonly Policy[], last: Handler): Handler {
  return policies.reduceRight((next, policy) => policy(next), last)
}

/** Has the head of the answer shown to `look` as well, before those who asked for it earlier. */
export function lookAtHead(exchange: Exchange, look: NonNullable<Exchange["onHead"]>): void {
  const { onHead } = exchange
  const lookFirst: typeof look = (status, headers) => {
    look(status, headers)
    onHead?.(status, headers)
  }
  exchange.onHead = lookFirst
}

/** A request that is refused: what to answer and why. */
export interface Refusal {
  status: number
  /** A sentence for whoever wrote the client. */
  error: string
}

/**
 * Sends the response's head, the one place where that happens.
 *
 * @returns false when the client is gone and nothing more may be written
 */
export function beginResponse(exchange: Exchange, status: number, headers: OutgoingHttpHeaders): boolean {
  const { res } = exchange
  if (res.destroyed || res.headersSent) return false
  headers["x-request-id"] = exchange.requestId
  exchange.onHead?.(status, headers)
  res.writeHead(status, headers)
  return true
}
