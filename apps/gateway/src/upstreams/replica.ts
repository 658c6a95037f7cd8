import { Client, Pool } from "undici"

/** Requests one replica may have at once, streams included; beyond it the replica counts as busy. */
const MAX_OUTSTANDING = 512
/** How long a replica that refused a connection gets no further request, unless a health check passes. */
const REST_MS = 2_000

const CONNECT_MS = 1_000
/** The api may hold an upload's answer back until its photo is developed. */
const HEADERS_MS = 75_000
/** Between two pieces of a response; event streams send a comment more often than that. */
const BODY_IDLE_MS = 60_000
/** Idle connections are closed by the gateway before any server does it: it must not write into a closing one. */
const KEEP_ALIVE_MS = 4_000
const CHECK_MS = 800

/** One process behind the gateway, known by its address. */
export class Replica {
  /** `host:port`. */
  readonly name: string
  readonly pool: Pool
  outstanding = 0
  /** What the last health checks said; a replica never checked is not trusted yet. */
  healthy = false
  #restsUntil = 0
  readonly #probe: Client

  /** @param origin `http://host:port` */
  constructor(origin: string) {
    this.name = new URL(origin).host
    this.pool = new Pool(origin, {
      connections: MAX_OUTSTANDING,
      allowH2: false,
      connectTimeout: CONNECT_MS,
      headersTimeout: HEADERS_MS,
      bodyTimeout: BODY_IDLE_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: 10 * KEEP_ALIVE_MS,
      maxHeaderSize: 32 * 1024,
    })
    // Its own connection: a check must not wait behind the traffic whose state it tells.
    this.#probe = new Client(origin, {
      allowH2: false,
      connectTimeout: CHECK_MS,
      headersTimeout: CHECK_MS,
      bodyTimeout: CHECK_MS,
    })
  }

  /** Whether the replica may get a request at `now` (milliseconds of `performance.now`). */
  isReady(now: number): boolean {
    return this.healthy && !this.isFull && now >= this.#restsUntil
  }

  get isFull(): boolean {
    return this.outstanding >= MAX_OUTSTANDING
  }

  /** Puts the replica aside for a short time, after it refused a connection. */
  rest(now: number): void {
    this.#restsUntil = now + REST_MS
  }

  /**
   * Asks the replica whether it lives and keeps the answer.
   *
   * @param path answered with a 2xx status by a replica that takes requests
   */
  async check(path: string): Promise<void> {
    try {
      const { statusCode, body } = await this.#probe.request({ path, method: "GET" })
      await body.dump({ limit: 64 * 1024 })
      this.healthy = statusCode >= 200 && statusCode < 300
      if (this.healthy) this.#restsUntil = 0
    } catch {
      // Why it cannot be reached does not matter here: it gets no requests until it can.
      this.healthy = false
    }
  }

  /** Lets requests in flight finish, then closes the connections. */
  async close(): Promise<void> {
    await Promise.all([this.pool.close(), this.#probe.destroy()])
  }

  /** Cuts every connection. */
  async destroy(): Promise<void> {
    await Promise.all([this.pool.destroy(), this.#probe.destroy()])
  }
}
