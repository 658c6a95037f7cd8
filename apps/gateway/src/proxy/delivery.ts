import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http"
import type { Duplex } from "node:stream"
import type { Logger } from "@tintype/observe"
import { answerJson, discardBody } from "../answer.ts"
import type { Exchange, Refusal } from "../exchange.ts"
import type { Extras } from "../figures/attempts.ts"
import type { Budget } from "../upstreams/budget.ts"
import type { Replica } from "../upstreams/replica.ts"
import type { Replicas } from "../upstreams/replicas.ts"
import type { TailLatency } from "../upstreams/tail-latency.ts"
import { timeLimit } from "./deadline.ts"
import { type Failure, isLoss, Passage, type PassageOwner, refusalFor } from "./passage.ts"
import type { Patience, Waiting } from "./patience.ts"
import { isRead, isRepeatable } from "./repeatable.ts"
import { BodyRefused, RequestBody } from "./request-body.ts"
import type { Streams } from "./streams.ts"
import { joinTunnel } from "./tunnel.ts"

const MAX_ATTEMPTS = 3
/** The worst rank of a replica that gets what another one failed; see `Replica.rank`. */
const WORST_FOR_REPEATS = 2
const LEAST_PATIENCE_MS = 30
const MOST_PATIENCE_MS = 500

/** What connecting to an address ends with where no process listens, or no machine is. */
const NOBODY_THERE = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"])

/** What the deliveries to one tier share. */
export interface Dispatch {
  replicas: Replicas
  log: Logger
  retries: Budget
  hedges: Budget | undefined
  extras: Extras
  latency: TailLatency
  /** Rings for deliveries that take longer than usual. */
  patience: Patience<Delivery>
  streams: Streams
  /** Whether a 5xx speaks against the replica. */
  judgesByStatus: boolean
  tunnelSilenceMs: number
  unavailable: (refusal: Refusal) => object
  overlay: OutgoingHttpHeaders | undefined
}

export interface Parcel {
  exchange: Exchange
  /** The last is the time left, in milliseconds; see deadline.ts. */
  headers: string[]
  body: RequestBody | Buffer | null
}

/**
 * Gets one exchange answered: by the replica chosen, by another one when that one fails and a second attempt can do
 * no harm, by the first of two when a read takes unusually long.
 */
export class Delivery implements PassageOwner {
  readonly #exchange: Exchange
  readonly #headers: string[]
  readonly #body: RequestBody | Buffer | null
  readonly #dispatch: Dispatch
  readonly #endsAt: number
  readonly #tried: Replica[] = []
  #running: Passage[] = []
  #waiting: Waiting<Delivery> | undefined
  #timer: NodeJS.Timeout | undefined
  #streamOver: (() => void) | undefined

  constructor({ exchange, headers, body }: Parcel, dispatch: Dispatch) {
    this.#exchange = exchange
    this.#headers = headers
    this.#body = body
    this.#dispatch = dispatch
    this.#endsAt = performance.now() + timeLimit(exchange)
  }

  begin(replica: Replica | undefined): void {
    const { retries, hedges } = this.#dispatch
    retries.earn()
    if (!replica) {
      this.#giveUp(refusalFor(NO_REPLICA))
      return
    }
    if (isRead(this.#exchange)) hedges?.earn()
    this.#exchange.res.on("close", this.#onClientGone)
    this.#waiting = this.#dispatch.patience.begin(this, performance.now() + this.#patienceMs)
    this.#send(replica)
  }

  onAnswer(passage: Passage, status: number, headers: IncomingHttpHeaders): void {
    this.#stopWaiting()
    const now = performance.now()
    const tookMs = now - passage.startedAt
    for (const each of this.#running) {
      if (each === passage) continue
      each.replica.pace.noteUnanswered(now - each.startedAt, now)
      each.cancel()
    }
    this.#running = [passage]
    const { trail } = this.#exchange
    trail.replica = passage.replica.name
    trail.replicaMs = tookMs
    passage.replica.figures.answered(status, tookMs / 1000)
    if (this.#dispatch.judgesByStatus) passage.replica.noteAnswer(status)
    if (isRead(this.#exchange)) {
      this.#dispatch.latency.note(tookMs)
      // Who fails is quick.
      if (status < 500) passage.replica.pace.note(tookMs, now)
    }
    if (headers["content-type"]?.startsWith("text/event-stream")) this.#becomeStream(() => this.#endStream())
  }

  onUpgrade(headers: OutgoingHttpHeaders, socket: Duplex): void {
    this.#becomeStream(joinTunnel(this.#exchange, headers, socket, this.#dispatch.tunnelSilenceMs))
  }

  onFailure(passage: Passage, failure: Failure): void {
    this.#drop(passage)
    if (this.#exchange.res.destroyed || this.#exchange.req.socket.destroyed) return
    if (!(failure.error instanceof BodyRefused)) this.#blame(passage.replica, failure)
    this.#afterLoss(
      failure,
      this.#isUntouched && (!failure.sent || (isLoss(failure) && isRepeatable(this.#exchange, false))),
    )
  }

  onReplicaLost(passage: Passage): void {
    if (!this.#isUntouched || !isRepeatable(this.#exchange, true)) return
    const isAlone = this.#running.length === 1
    const next = isAlone ? this.#next() : undefined
    // Nobody else would have it: this one may be slow, or close its door and finish what it has.
    if (isAlone && !next) return
    passage.cancel()
    this.#drop(passage)
    if (next) this.#send(next)
  }

  /**
   * The answer takes longer than usual.
   *
   * @param isOurs when the gateway itself may be why: more requests would be no help
   */
  onPatienceOver(isOurs: boolean): void {
    this.#timer = setTimeout(() => this.#onDeadline(), this.#endsAt - performance.now())
    if (isOurs) return
    for (const { replica } of this.#running) replica.doubt()
    this.#hedge()
  }

  #send(replica: Replica): void {
    const { exchange, overlay } = { exchange: this.#exchange, overlay: this.#dispatch.overlay }
    const passage = new Passage({ exchange, replica, overlay, owner: this })
    replica.pace.askedAt = passage.startedAt
    this.#tried.push(replica)
    this.#running.push(passage)
    exchange.trail.replica = replica.name
    exchange.trail.attempts++
    this.#headers[this.#headers.length - 1] = String(Math.max(1, Math.ceil(this.#endsAt - passage.startedAt)))
    passage.start(this.#headers, this.#body)
  }

  #drop(passage: Passage): void {
    this.#running = this.#running.filter((each) => each !== passage)
  }

  #blame(replica: Replica, { error, sent }: Failure): void {
    const { log } = this.#dispatch
    log.warn({ err: error, replica: replica.name, requestId: this.#exchange.requestId }, "attempt failed")
    if (!sent && "code" in error && NOBODY_THERE.has(String(error.code))) replica.noteRefusal()
    else replica.noteFailure()
  }

  /** After an attempt was lost: waits for the other one, makes another one, or gives up. */
  #afterLoss(failure: Failure, repeatable: boolean): void {
    if (this.#running.length > 0) return
    const next = repeatable ? this.#next() : undefined
    if (next) this.#send(next)
    else this.#giveUp(refusalFor(failure))
  }

  #next(): Replica | undefined {
    if (this.#exchange.chosenReplica !== undefined) return undefined
    if (this.#tried.length >= MAX_ATTEMPTS || performance.now() >= this.#endsAt) return undefined
    const { replicas, retries } = this.#dispatch
    // The last one again, when there is no other: only its connection may have been bad.
    const next = replicas.pick(this.#tried, WORST_FOR_REPEATS) ?? replicas.pick([], WORST_FOR_REPEATS)
    if (!next || !this.#affords(retries)) return undefined
    this.#dispatch.extras.retries++
    return next
  }

  /** Asks a second replica for a read that takes longer than nearly all others (Dean and Barroso, 2013). */
  #hedge(): void {
    const { hedges, replicas } = this.#dispatch
    const { req, upgrade, chosenReplica } = this.#exchange
    if (!hedges || req.method !== "GET" || upgrade || chosenReplica !== undefined) return
    if (this.#tried.length >= MAX_ATTEMPTS) return
    const other = replicas.pick(this.#tried, 0)
    if (!other || !this.#affords(hedges)) return
    this.#dispatch.extras.hedges++
    this.#send(other)
  }

  #affords(budget: Budget): boolean {
    if (budget.take()) return true
    this.#dispatch.extras.denied++
    return false
  }

  #onDeadline(): void {
    this.#cancelAll()
    this.#giveUp({ status: 504, error: "The server took too long to answer" })
  }

  readonly #onClientGone = (): void => {
    this.#stopWaiting()
    this.#cancelAll()
    this.#streamOver?.()
  }

  #stopWaiting(): void {
    if (this.#waiting) this.#dispatch.patience.end(this.#waiting)
    clearTimeout(this.#timer)
  }

  #cancelAll(): void {
    for (const each of this.#running) each.cancel()
    this.#running = []
  }

  #giveUp(refusal: Refusal): void {
    this.#stopWaiting()
    this.#exchange.trail.refusal = refusal.error
    const headers = refusal.status === 503 ? { "retry-after": "1" } : {}
    answerJson(this.#exchange, refusal.status, this.#dispatch.unavailable(refusal), headers)
  }

  #becomeStream(close: () => void): void {
    this.#exchange.yieldPlace()
    this.#streamOver = this.#dispatch.streams.add(close)
  }

  /** A clean end: the client's EventSource drops an event of which a part is missing, and connects again. */
  #endStream(): void {
    this.#cancelAll()
    this.#exchange.res.end()
    discardBody(this.#exchange)
  }

  get #patienceMs(): number {
    return Math.min(MOST_PATIENCE_MS, Math.max(LEAST_PATIENCE_MS, this.#dispatch.latency.value))
  }

  /** Whether all of the request can be sent once more. */
  get #isUntouched(): boolean {
    return !(this.#body instanceof RequestBody && this.#body.started)
  }
}

const NO_REPLICA: Failure = { error: new Error("no replica"), sent: false }
