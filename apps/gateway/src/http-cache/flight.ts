import type { OutgoingHttpHeaders } from "node:http"
import { answerError } from "../answer.ts"
import { beginResponse, type Exchange, type Handler, type Reply } from "../exchange.ts"
import type { Asked } from "./asked.ts"
import type { Clock } from "./clock.ts"
import { OriginReply, originExchange, type Receiver } from "./origin-request.ts"
import { isNotModified } from "./preconditions.ts"
import { type Inquiry, readHead } from "./read-head.ts"
import { revealed } from "./revealed.ts"
import { sendStored } from "./send-stored.ts"
import { SharedBody } from "./shared-body.ts"
import { type StoredHead, type StoredResponse, storedResponse } from "./stored-response.ts"
import { isVariant } from "./vary.ts"

/** How long a client waits for what another one asked for, before it asks itself. */
const MOST_WAITING_MS = 5_000

const EMPTY = Buffer.alloc(0)
/** Statuses that say what this one client asked, and nothing about other answers: a part, a confirmation, a wrong range. */
const ABOUT_THE_REQUEST = new Set([206, 304, 416])

/** A client that waits for the head of a flight's response. */
export interface Waiter {
  exchange: Exchange
  /** For `Cache-Status`. */
  how: string
  /** Asks the origin by itself, where this flight's response turns out not to be for it. */
  alone(): void
}

/** What a flight needs of the cache it fills. */
export interface Hangar {
  readonly clock: Clock
  /** Bytes that one response may have. */
  readonly maxObjectBytes: number
  /** Whether purges are heard. */
  hears(): boolean
  /** @returns whether so many more bytes may be held for responses that are not complete */
  reserve(bytes: number): boolean
  release(bytes: number): void
  /** Takes a complete response, unless it was purged meanwhile. */
  keep(response: StoredResponse): void
  drop(response: StoredResponse): void
  /** Nobody may join the flight any more. */
  close(): void
  /** The flight is over. */
  end(): void
  /** Notes that responses to such requests are for one client each. */
  notePassing(): void
}

export interface FlightPlan {
  /** The request to make, with another place for its response. */
  exchange: Exchange
  asked: Asked
  /** What is stored but was not good enough: the origin is asked to confirm it, if it can be. */
  stored: StoredResponse | undefined
  hangar: Hangar
}

/**
 * One request to the origin on behalf of any number of clients, or of none. It outlives the client that caused it;
 * whether the others may have its response is known when the head is there.
 */
export class Flight implements Receiver {
  readonly #plan: FlightPlan
  readonly #hangar: Hangar
  readonly #reply = new OriginReply(this)
  readonly #body = new SharedBody(() => this.#onDeserted())
  readonly #waiters = new Set<Waiter>()
  #leader: Waiter | undefined
  #origin: Exchange | undefined
  #requestedAt = 0
  #status = 0
  #headers: OutgoingHttpHeaders = {}
  /** There as long as the response is to be kept. */
  #head: StoredHead | undefined
  #reserved = 0
  #patience: NodeJS.Timeout | undefined
  /** A stored response answered in the place of this one. */
  #isDiscarded = false

  constructor(plan: FlightPlan) {
    this.#plan = plan
    this.#hangar = plan.hangar
    this.#reply.on("error", () => {}).once("close", () => this.#hangar.end())
  }

  /** Clients that depend on it. */
  get clients(): number {
    return this.#waiters.size + this.#body.readers
  }

  /** Asks the origin. */
  start(next: Handler, leader?: Waiter): void {
    const { exchange, stored } = this.#plan
    this.#leader = leader
    if (leader) this.#wait(leader)
    this.#requestedAt = this.#hangar.clock.date()
    this.#origin = originExchange(exchange, this.#reply, stored)
    try {
      const running = next(this.#origin)
      if (running instanceof Promise) running.catch(() => this.#reply.destroy())
    } catch {
      this.#reply.destroy()
    }
  }

  /** Lets another client have the response, if it turns out to be for it too. */
  join(waiter: Waiter): void {
    if (!this.#reply.headersSent) {
      this.#patience ??= setTimeout(() => this.#releaseFollowers(), MOST_WAITING_MS)
      this.#wait(waiter)
    } else if (this.#body.isWhole && this.#fits(waiter)) this.#send(waiter)
    else waiter.alone()
  }

  /** Gives up, unless a client is being served. */
  abandon(): void {
    if (this.clients === 0) this.#reply.destroy()
  }

  /** For the client alone that asked: others may speak a version of HTTP that has no such answers. */
  onInterim(tell: (reply: Reply) => void): void {
    const leader = this.#leader
    if (leader && this.#waiters.has(leader)) tell(leader.exchange.res)
  }

  onHead(status: number, headers: OutgoingHttpHeaders): void {
    delete headers["x-request-id"]
    this.#status = status
    this.#headers = headers
    const { stored } = this.#plan
    const meaning = readHead(this.#inquiry(), status, headers)
    // Whatever the origin sends now takes the place of what was stored.
    const isOther = meaning.is === "passing" && ABOUT_THE_REQUEST.has(status)
    if (stored && status < 500 && !isOther) this.#hangar.drop(stored)
    if (meaning.is === "stored") {
      if (meaning.kept) this.#hangar.keep(meaning.response)
      this.#answerFrom(meaning.response, meaning.shared)
    } else if (meaning.is === "confusing") {
      this.#discard((waiter) => waiter.alone())
    } else if (meaning.is === "kept") {
      this.#head = meaning.head
      this.#share((waiter) => this.#fits(waiter))
    } else {
      this.#passOn()
    }
  }

  onData(chunk: Buffer, taken: () => void): void {
    if (this.#isDiscarded) {
      taken()
      return
    }
    if (this.#head && !this.#reserve(chunk.length)) this.#stopKeeping()
    if (!this.#head && this.#body.readers === 0) {
      this.#reply.destroy()
      return
    }
    this.#body.push(chunk, taken)
  }

  onEnd(): void {
    if (this.#head) this.#hangar.keep(storedResponse(this.#head, this.#body.copy()))
    this.#free()
    this.#hangar.close()
    this.#body.end()
  }

  onFailure(): void {
    this.#head = undefined
    this.#free()
    this.#hangar.close()
    for (const { exchange } of this.#takeWaiters()) {
      answerError(exchange, { status: 502, error: "The server broke off before it answered" })
    }
    this.#body.fail()
  }

  #inquiry(): Inquiry {
    const { exchange, asked, stored } = this.#plan
    const { clock, maxObjectBytes } = this.#hangar
    const fields = exchange.req
    const hears = this.#hangar.hears()
    return { hears, asked, fields, stored, requestedAt: this.#requestedAt, clock, maxObjectBytes }
  }

  #wait(waiter: Waiter): void {
    this.#waiters.add(waiter)
    waiter.exchange.res.once("close", () => {
      if (this.#waiters.delete(waiter)) this.abandon()
    })
  }

  /** Sends those who wait, the first one excepted, on their own way. */
  #releaseFollowers(): void {
    this.#hangar.close()
    for (const waiter of [...this.#waiters]) {
      if (waiter !== this.#leader && this.#waiters.delete(waiter)) waiter.alone()
    }
  }

  #takeWaiters(): Waiter[] {
    clearTimeout(this.#patience)
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    if (this.#leader && this.#origin) {
      const { replica, replicaMs, attempts } = this.#origin.trail
      Object.assign(this.#leader.exchange.trail, { replica, replicaMs, attempts })
    }
    return waiters
  }

  /** Sends the response to the client that caused it and to those that it is for too. */
  #share(isFor: (waiter: Waiter) => boolean): void {
    for (const waiter of this.#takeWaiters()) {
      if (waiter === this.#leader || isFor(waiter)) this.#send(waiter)
      else waiter.alone()
    }
  }

  /** Whether a client that did not cause the flight may have its response. */
  #fits({ exchange }: Waiter): boolean {
    const head = this.#head
    if (!head || head.lifetime <= head.initialAge || head.directives.get("no-cache") === "") return false
    return isVariant(head.variant, exchange.req)
  }

  /** The response is for nobody but the client that asked. */
  #passOn(): void {
    if (!ABOUT_THE_REQUEST.has(this.#status) && this.#status < 500) this.#hangar.notePassing()
    this.#hangar.close()
    this.#body.stopKeeping()
    this.#share(() => false)
    if (this.#body.readers === 0) this.#reply.destroy()
  }

  #send({ exchange, how }: Waiter): void {
    const head = this.#head
    const note = head ? `${how}; stored` : how
    if (head?.status === 200 && isNotModified(exchange.req.headers, head)) {
      sendStored(exchange, storedResponse(head, EMPTY), this.#hangar.clock.ticks(), note)
      return
    }
    const sent = revealed({ ...this.#headers }, note)
    if (beginResponse(exchange, this.#status, sent)) this.#body.attach(exchange)
  }

  /** Answers with a stored response; others than the one who asked get it when it is shared. */
  #answerFrom(stored: StoredResponse, isShared: boolean): void {
    const ticks = this.#hangar.clock.ticks()
    this.#discard((waiter) => {
      const { exchange, how } = waiter
      const isFor = isShared && isVariant(stored.variant, exchange.req)
      if (waiter !== this.#leader && !isFor) waiter.alone()
      else {
        exchange.trail.cache = "revalidated"
        sendStored(exchange, stored, ticks, `${how}; fwd-status=${this.#status}`)
      }
    })
  }

  #discard(answer: (waiter: Waiter) => void): void {
    this.#isDiscarded = true
    this.#hangar.close()
    for (const waiter of this.#takeWaiters()) answer(waiter)
  }

  #reserve(bytes: number): boolean {
    if (this.#body.size + bytes > this.#hangar.maxObjectBytes) return false
    if (!this.#hangar.reserve(bytes)) return false
    this.#reserved += bytes
    return true
  }

  #stopKeeping(): void {
    this.#head = undefined
    this.#free()
    this.#hangar.close()
    this.#body.stopKeeping()
  }

  #free(): void {
    this.#hangar.release(this.#reserved)
    this.#reserved = 0
  }

  #onDeserted(): void {
    if (!this.#head && this.#waiters.size === 0) this.#reply.destroy()
  }
}
