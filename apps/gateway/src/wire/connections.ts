import { errors } from "undici"
import { type Address, Connection, type ConnectionOwner, type Receiver } from "./connection.ts"
import { type BareRequest, requestHead } from "./request-head.ts"

const SWEEP_MS = 500

/**
 * The connections to one replica for requests without a body: half of what undici costs for each, which takes every
 * kind of request and any server's habits. The one used last is used next, so that those not needed can be closed.
 */
export class Connections implements ConnectionOwner {
  readonly #address: Address
  readonly #all = new Set<Connection>()
  #free: Connection[] = []
  #sweep: NodeJS.Timeout | undefined
  #closed: PromiseWithResolvers<void> | undefined

  /** @param origin `http://host:port` */
  constructor(origin: string) {
    const { hostname, port } = new URL(origin)
    this.#address = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80) }
  }

  /**
   * Sends a request and tells `receiver` what becomes of it.
   *
   * @throws InvalidArgumentError when it cannot be sent; ClientClosedError after `close`
   */
  ask(request: BareRequest, receiver: Receiver): void {
    if (this.#closed) throw new errors.ClientClosedError()
    const head = requestHead(request)
    this.#borrow().ask(request.method, head, receiver)
  }

  onFree(connection: Connection): void {
    if (this.#closed) connection.cut()
    else this.#free.push(connection)
  }

  onClosed(connection: Connection): void {
    this.#all.delete(connection)
    if (this.#all.size > 0) return
    clearInterval(this.#sweep)
    this.#sweep = undefined
    this.#closed?.resolve()
  }

  /** Lets requests in flight finish, then closes the connections. */
  close(): Promise<void> {
    this.#closed ??= Promise.withResolvers()
    for (const each of this.#free) each.cut()
    this.#free = []
    if (this.#all.size === 0) this.#closed.resolve()
    return this.#closed.promise
  }

  /** Cuts every connection. */
  destroy(): Promise<void> {
    for (const each of this.#all) each.cut()
    return this.close()
  }

  #borrow(): Connection {
    const now = performance.now()
    for (let each = this.#free.pop(); each; each = this.#free.pop()) {
      if (each.isUsable(now)) return each
      each.cut()
    }
    const opened = new Connection(this.#address, this)
    this.#all.add(opened)
    this.#sweep ??= setInterval(() => this.#expire(), SWEEP_MS).unref()
    return opened
  }

  #expire(): void {
    const now = performance.now()
    for (const each of this.#all) each.expire(now)
    this.#free = this.#free.filter((each) => each.isUsable(now))
  }
}
