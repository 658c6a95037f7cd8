import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  ServerResponse,
} from "node:http"
import type { Server as SecureServer } from "node:https"
import { Server as NetServer, type Socket } from "node:net"
import type { Duplex } from "node:stream"
import { TLSSocket } from "node:tls"
import type { Logger } from "@tintype/observe"
import { answerError } from "./answer.ts"
import { type Begun, type Exchange, type Handler, newExchange, type Request } from "./exchange.ts"
import { H2Sessions } from "./http2/h2-sessions.ts"
import { PlainConnections } from "./plain/plain-connections.ts"
import { KEEP_ALIVE_SECONDS, type PlainReply } from "./plain/plain-reply.ts"
import { refuseBytes } from "./refuse-bytes.ts"
import { takeOver } from "./take-over.ts"
import type { Certificates } from "./tls/certificates.ts"
import { createSecureServer } from "./tls/secure-server.ts"

const MAX_HEADER_BYTES = 16 * 1024
const MAX_CONNECTIONS = 20_000
/** Requests a client may have sent on one connection before the first of them is answered. */
const MAX_PIPELINED = 32
const HEADERS_MS = 10_000
/** For a whole request, its body included: 40 MiB take 11 minutes at half a megabit per second. */
const REQUEST_MS = 900_000
/** With nothing moving in either direction; more than the api may take for an answer. */
const SILENCE_MS = 90_000
const KEEP_ALIVE_MS = 1_000 * KEEP_ALIVE_SECONDS

const HTTP1: ServerOptions = {
  insecureHTTPParser: false,
  // Refused by the chain instead, which says why.
  requireHostHeader: false,
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: HEADERS_MS,
  requestTimeout: REQUEST_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  connectionsCheckingInterval: 1_000,
  noDelay: true,
  optimizeEmptyRequests: true,
  shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
}

/** The listening end of the gateway: exchanges in, one at a time per request, and a graceful end. */
export class GatewayServer {
  readonly http: Server | SecureServer
  readonly #handle: Handler
  readonly #log: Logger
  /** The connections that have carried a request, and what is under way on each. */
  readonly #open = new Map<Duplex, Set<Exchange>>()
  readonly #h2: H2Sessions
  readonly #plain: PlainConnections
  #draining = false
  #closesIdle = false

  /** @param certificates with which it speaks TLS, and HTTP/2 as well; without them bare HTTP/1.1 */
  constructor(handle: Handler, log: Logger, certificates?: Certificates) {
    this.#handle = handle
    this.#log = log
    this.#h2 = new H2Sessions((exchange) => this.#run(exchange), SILENCE_MS)
    this.http = certificates ? createSecureServer(HTTP1, certificates) : createServer(HTTP1)
    const event = certificates ? "secureConnection" : "connection"
    this.#plain = new PlainConnections({
      limits: { maxHeadBytes: MAX_HEADER_BYTES, silenceMs: SILENCE_MS },
      onRequest: (req, res) => this.#takePlain(req, res),
      onOther: takeOver(this.http, event),
    })
    this.http.on(event, (socket: Socket) => {
      if (socket instanceof TLSSocket && socket.alpnProtocol === "h2") this.#h2.serve(socket)
      else this.#plain.take(socket)
    })
    this.http.maxConnections = MAX_CONNECTIONS
    // Counted by the chain: Node would drop what is too much without a word.
    this.http.maxHeadersCount = 0
    this.http.timeout = SILENCE_MS
    this.http.on("request", (req, res) => this.#take(req, res, false))
    this.http.on("checkContinue", (req, res) => this.#take(req, res, true))
    this.http.on("checkExpectation", (req, res) => this.#take(req, res, false))
    this.http.on("connect", (_req, socket) => refuseBytes(socket, 405))
    this.http.on("clientError", (error, socket) => this.#onClientError(error, socket))
    this.http.on("upgrade", (req, socket, head) => this.#takeUpgrade(req, socket, head))
  }

  /** Open connections, those that carry nothing included. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.http.getConnections((error, count) => (error ? reject(error) : resolve(count)))
    })
  }

  /**
   * @param reusePort lets other processes listen on the same port; the kernel spreads connections over them
   * @returns the port, once the server listens
   */
  listen(port: number, host: string, reusePort = false): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.http.once("error", reject)
    this.http.listen({ port, host, reusePort }, () => {
      this.http.off("error", reject)
      const address = this.http.address()
      resolve(typeof address === "object" && address ? address.port : port)
    })
    return promise
  }

  /**
   * Takes no new connection, finishes the requests in flight and closes each connection after its last. One that is
   * idle is closed later: a request may be under way on it, and is answered yet.
   *
   * @param ms after which connections still open are cut
   * @param idleMs after which idle connections are closed
   */
  async drain(ms: number, idleMs: number): Promise<void> {
    this.#draining = true
    for (const exchanges of this.#open.values()) {
      for (const { res } of exchanges) res.shouldKeepAlive = false
    }
    this.#h2.drain()
    this.#plain.drain()
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    // Not the method of the HTTP server, which would close idle connections at once.
    NetServer.prototype.close.call(this.http, () => resolve())
    const idleTimer = setTimeout(() => {
      this.#closesIdle = true
      this.http.closeIdleConnections()
      this.#plain.closeIdle()
    }, idleMs)
    const timer = setTimeout(() => {
      this.#log.warn(
        { connections: this.#open.size + this.#plain.size },
        "cutting connections that outlast the drain",
      )
      this.http.closeAllConnections()
      for (const socket of this.#open.keys()) socket.destroy()
      this.#h2.cut()
      this.#plain.cut()
    }, ms)
    await closed
    clearTimeout(idleTimer)
    clearTimeout(timer)
    // Ends what it looks after its connections with.
    this.http.close()
  }

  #take(req: IncomingMessage, res: ServerResponse, awaitsContinue: boolean): void {
    this.#admit({ req, res, body: req, awaitsContinue })
  }

  #takePlain(req: Request, res: PlainReply): void {
    // Closed after this answer.
    if (this.#draining) res.shouldKeepAlive = false
    this.#run(newExchange({ req, res, body: undefined, awaitsContinue: false }))
  }

  /** A handshake comes with a bare connection. It gets a response, so that the policies can answer it as usual. */
  #takeUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Sent behind a request that is not answered yet: its connection is not free, and Node would throw.
    if (this.#siblings(req.socket).size > 0) {
      socket.destroy()
      return
    }
    const res = new ServerResponse(req)
    res.shouldKeepAlive = false
    res.assignSocket(req.socket)
    res.once("finish", () => socket.end())
    socket.once("error", () => socket.destroy())
    this.#admit({ req, res, body: req, awaitsContinue: false }, { socket, head })
  }

  #admit(begun: Begun, upgrade?: Exchange["upgrade"]): void {
    const { res } = begun
    const { socket } = begun.req
    const siblings = this.#siblings(socket)
    // What follows a refused request on its connection may be part of an attack: it is not looked at.
    for (const { res: earlier } of siblings) if (earlier.headersSent && !earlier.shouldKeepAlive) return
    if (siblings.size >= MAX_PIPELINED) {
      socket.destroy()
      return
    }
    const exchange = newExchange(begun)
    exchange.upgrade = upgrade
    siblings.add(exchange)
    res.on("close", () => this.#over(siblings, exchange))
    if (this.#draining) res.shouldKeepAlive = false
    this.#run(exchange)
  }

  #run(exchange: Exchange): void {
    try {
      const running = this.#handle(exchange)
      if (running instanceof Promise) running.catch((error: unknown) => this.#onFault(exchange, error))
    } catch (error) {
      this.#onFault(exchange, error)
    }
  }

  #onFault(exchange: Exchange, error: unknown): void {
    this.#log.error({ err: error, requestId: exchange.requestId }, "request failed")
    if (exchange.res.headersSent) exchange.res.socket?.resetAndDestroy()
    else answerError(exchange, { status: 500, error: "Something went wrong on the server" })
  }

  #siblings(socket: Socket): Set<Exchange> {
    const known = this.#open.get(socket)
    if (known) return known
    const siblings = new Set<Exchange>()
    this.#open.set(socket, siblings)
    socket.once("close", () => this.#open.delete(socket))
    return siblings
  }

  #over(siblings: Set<Exchange>, exchange: Exchange): void {
    siblings.delete(exchange)
    if (this.#closesIdle) setImmediate(() => this.http.closeIdleConnections())
  }

  #onClientError(error: Error & { code?: string }, socket: Duplex): void {
    // Not even TLS.
    if (error.code?.startsWith("ERR_SSL") || error.code?.startsWith("ERR_TLS")) {
      socket.destroy()
      return
    }
    const [exchange, ...more] = this.#open.get(socket) ?? []
    const answerable = exchange === undefined || (more.length === 0 && !exchange.res.headersSent)
    if (answerable && error.code !== "ECONNRESET") refuseBytes(socket, statusOf(error.code))
    else socket.destroy()
  }
}

function statusOf(code: string | undefined): number {
  if (code === "HPE_HEADER_OVERFLOW") return 431
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return 413
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return 408
  return 400
}
