import { Readable } from "node:stream"
import type { Logger } from "@tintype/observe"
import { type Dispatcher, Pool } from "undici"
import { type EjectionReason, ReplicaFigures } from "../figures/attempts.ts"
import { Line } from "../line.ts"
import type { Receiver } from "../wire/connection.ts"
import { Connections } from "../wire/connections.ts"
import {
  BODY_IDLE_MS,
  CONNECT_MS,
  HEAD_MAX_BYTES,
  HEADERS_MS,
  KEEP_ALIVE_MS,
  MOST_KEEP_ALIVE_MS,
} from "../wire/limits.ts"
import { Breaker } from "./breaker.ts"
import { type Finding, HealthCheck } from "./health-check.ts"
import { Pace } from "./pace.ts"

/** Requests one replica may have at once, streams included; beyond it the replica counts as busy. */
const MAX_OUTSTANDING = 512
/** A replica that has just come gets a tenth of its share at first, and all of it after this time. */
const SLOW_START_MS = 5_000

const POOL: Pool.Options = {
  connections: MAX_OUTSTANDING,
  allowH2: false,
  connectTimeout: CONNECT_MS,
  headersTimeout: HEADERS_MS,
  bodyTimeout: BODY_IDLE_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  keepAliveMaxTimeout: MOST_KEEP_ALIVE_MS,
  maxHeaderSize: HEAD_MAX_BYTES,
}

/** Those that never have a body. */
const BARE = new Set(["GET", "HEAD"])

export interface ReplicaRequest {
  method: string
  /** With its query. */
  path: string
  /** Names and values in turn. */
  headers: string[]
  body: Readable | Buffer | null
  upgrade: "websocket" | null
}

/** An attempt that the replica has not begun to answer. */
export interface Waiting {
  /** The replica is lost: go elsewhere, if that is safe. */
  moveOn(): void
}

/** What a check found, or what follows from it and from the answers. */
export type ReplicaState = Finding | "unknown" | "leaving" | "ejected" | "on trial" | "warming up"

export interface ReplicaOptions {
  log: Logger
  /** Asked again and again by the health check; without it the replica always counts as ready. */
  checkPath: string | undefined
  /** Whether one more replica may be passed over for what is only likely. */
  mayEject: () => boolean
}

/** One process behind the gateway, known by its address. */
export class Replica {
  /** `host:port`. */
  readonly name: string
  /** For requests with bodies that are kept, and handshakes. */
  readonly #pool: Pool
  /**
   * For bodies that are streamed, which cannot be sent twice: each gets a connection of its own, as one that was idle
   * may just be closed by the replica. To connect costs little next to them.
   */
  readonly #fresh: Pool
  readonly #connections: Connections
  outstanding = 0
  /** Requests without an answer. */
  readonly waiting = new Line<Waiting>()
  readonly figures = new ReplicaFigures()
  readonly pace = new Pace()
  /** What the last checks found; a replica never checked is not trusted yet. */
  standing: Finding | "unknown"
  readonly #breaker = new Breaker()
  readonly #check: HealthCheck | undefined
  readonly #log: Logger
  readonly #mayEject: () => boolean
  #readySince = Number.NEGATIVE_INFINITY
  /** Since a request takes longer than usual, nothing else was answered either. */
  #inDoubt = false
  /** Gets nothing new, whatever is found. */
  #leaves = false

  /** @param origin `http://host:port` */
  constructor(origin: string, { log, checkPath, mayEject }: ReplicaOptions) {
    this.name = new URL(origin).host
    this.#log = log
    this.#mayEject = mayEject
    this.standing = checkPath === undefined ? "ready" : "unknown"
    this.#connections = new Connections(origin)
    this.#pool = new Pool(origin, POOL)
    this.#fresh = new Pool(origin, POOL)
    if (checkPath === undefined) return
    this.#check = new HealthCheck(origin, checkPath, (finding) => this.judge(finding))
    this.#check.start()
  }

  /** Sends it a request. What makes no sense to send throws. */
  dispatch(request: ReplicaRequest, handler: Receiver & Dispatcher.DispatchHandler): void {
    const { method, body, upgrade } = request
    if (body === null && upgrade === null && BARE.has(method)) this.#connections.ask(request, handler)
    else if (body instanceof Readable) this.#fresh.dispatch({ ...request, reset: true }, handler)
    else this.#pool.dispatch(request, handler)
  }

  get isFull(): boolean {
    return this.outstanding >= MAX_OUTSTANDING
  }

  /** Whether it is passed over though it may well be alive. */
  isEjected(now: number): boolean {
    return this.standing === "silent" || this.#breaker.isOpen(now)
  }

  /** In a word, for operators. */
  get state(): ReplicaState {
    if (this.#leaves) return "leaving"
    if (this.standing !== "ready") return this.standing
    const now = performance.now()
    if (this.#breaker.isOpen(now)) return "ejected"
    if (!this.#breaker.admits(now, 1)) return "on trial"
    return this.warmth(now) < 1 ? "warming up" : "ready"
  }

  /** How well it will take a request at `now`: 0 well, 1 and 2 perhaps, 3 hardly, 4 not at all. */
  rank(now: number): 0 | 1 | 2 | 3 | 4 {
    if (this.standing === "unreachable") return 4
    if (this.standing === "silent") return 3
    if (!this.#breaker.admits(now, this.waiting.length)) return 2
    return this.standing === "ready" && !this.#inDoubt ? 0 : 1
  }

  /** The share of its load that it may have by now, from 0.1 to 1. */
  warmth(now: number): number {
    return Math.min(1, 0.1 + (0.9 * (now - this.#readySince)) / SLOW_START_MS)
  }

  /** Takes in what a check found. Requests without an answer leave a replica that is lost. */
  judge(finding: Finding): void {
    const before = this.standing
    if (finding === "ready") this.#inDoubt = false
    if (finding === before) return
    if (finding === "silent" && before === "ready" && !this.#leaves && !this.#mayEject()) return
    this.standing = finding
    if (finding === "ready") {
      this.#readySince = performance.now()
      if (before === "unreachable") this.#breaker.reset()
    }
    this.#log.info({ replica: this.name, standing: finding, before }, "replica changed")
    if (finding !== "silent" && finding !== "unreachable") return
    this.#noteEjection(finding)
    for (const each of this.waiting.toArray()) each.moveOn()
  }

  /** Notes that a request takes unusually long: until anything is answered the others are better. */
  doubt(): void {
    if (!this.#check) return
    this.#inDoubt = true
    this.#check.hurry()
  }

  noteAnswer(status: number): void {
    this.#inDoubt = false
    if (status >= 500) this.noteFailure()
    else this.#breaker.succeeded(performance.now())
  }

  /** Counts a request that the replica failed. */
  noteFailure(): void {
    this.figures.failures++
    const now = performance.now()
    this.#check?.hurry()
    if (!this.#breaker.failed(now) || !this.#mayEject()) return
    this.#breaker.trip(now)
    this.#readySince = now
    this.#noteEjection("failures")
    this.#log.warn({ replica: this.name }, "replica ejected")
  }

  #noteEjection(reason: EjectionReason): void {
    this.figures.ejections[reason]++
  }

  /** Notes that it refused a connection: nothing listens there until a check finds otherwise. */
  noteRefusal(): void {
    if (this.#check) this.judge("unreachable")
  }

  /** Lets requests in flight finish, then closes the connections. */
  async close(): Promise<void> {
    this.#leaves = true
    // Checked to the last: requests that it has must not wait for a replica that has died meanwhile.
    await Promise.all([this.#pool.close(), this.#fresh.close(), this.#connections.close()])
    await this.#check?.stop()
  }

  /** Cuts every connection. */
  async destroy(): Promise<void> {
    await Promise.all([
      this.#pool.destroy(),
      this.#fresh.destroy(),
      this.#connections.destroy(),
      this.#check?.stop(),
    ])
  }
}
