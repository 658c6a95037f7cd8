import type { Socket } from "node:net"
import type { Request } from "../exchange.ts"
import { PlainConnection, type PlainLimits, type PlainOwner } from "./plain-connection.ts"
import type { PlainReply } from "./plain-reply.ts"

const TICK_MS = 1_000

export interface PlainParts {
  limits: PlainLimits
  onRequest: (request: Request, reply: PlainReply) => void
  /** Takes over a connection on which something else than plain requests came. */
  onOther: (socket: Socket) => void
}

/** The connections that have carried nothing but plain requests so far. */
export class PlainConnections implements PlainOwner {
  readonly #parts: PlainParts
  readonly #all = new Set<PlainConnection>()
  #ticking: NodeJS.Timeout | undefined

  constructor(parts: PlainParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#all.size
  }

  take(socket: Socket): void {
    this.#all.add(new PlainConnection(socket, this.#parts.limits, this))
    this.#ticking ??= setInterval(() => this.#tick(), TICK_MS).unref()
  }

  /** Has each answer under way be the last of its connection. */
  drain(): void {
    for (const { reply } of this.#all) if (reply) reply.shouldKeepAlive = false
  }

  closeIdle(): void {
    for (const each of this.#all) each.closeIdle()
  }

  cut(): void {
    for (const { socket } of this.#all) socket.destroy()
  }

  onRequest(request: Request, reply: PlainReply): void {
    this.#parts.onRequest(request, reply)
  }

  onOther(connection: PlainConnection): void {
    this.onClosed(connection)
    this.#parts.onOther(connection.socket)
  }

  onClosed(connection: PlainConnection): void {
    this.#all.delete(connection)
    if (this.#all.size > 0) return
    clearInterval(this.#ticking)
    this.#ticking = undefined
  }

  #tick(): void {
    for (const each of this.#all) each.tick()
  }
}
