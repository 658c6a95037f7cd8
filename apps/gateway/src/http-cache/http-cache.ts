import type { Exchange, Handler } from "../exchange.ts"
import type { Asked } from "./asked.ts"
import { type Clock, SYSTEM_CLOCK } from "./clock.ts"
import { Flight, type Hangar, type Waiter } from "./flight.ts"
import { MemoryStore } from "./memory-store.ts"
import { PurgeLog } from "./purge-log.ts"
import type { ResponseStore } from "./response-store.ts"
import type { StoredResponse } from "./stored-response.ts"
import { isVariant } from "./vary.ts"

/** The largest body kept, in bytes: a page of posts has a tenth of it. */
const MAX_OBJECT_BYTES = 2 * 1024 * 1024
/** Clients that one flight may have. */
const MOST_CLIENTS = 2_000
/** Requests remembered to get responses that nobody can share. */
const MOST_PASSING = 10_000

export interface HttpCacheOptions {
  /** Bytes held for complete responses; those on their way may take a quarter more. */
  maxBytes: number
  clock?: Clock
}

/** How to ask the origin. */
export interface Fetching {
  exchange: Exchange
  asked: Asked
  next: Handler
  /** What is stored but was not good enough. */
  stored: StoredResponse | undefined
  /** For `Cache-Status`. */
  how: string
  /** Whether the response may be one that is on its way already, and whether this one may be for others. */
  joins: boolean
  leads: boolean
}

/** A shared cache (RFC 9111): what is stored, what is on its way from the origin, and what was purged. */
export class HttpCache {
  readonly clock: Clock
  readonly #options: HttpCacheOptions
  readonly #store: ResponseStore
  /** Those that can be joined, by the key of the request. */
  readonly #open = new Map<string, Flight>()
  readonly #flights = new Set<Flight>()
  readonly #passing = new Set<string>()
  readonly #purges = new PurgeLog()
  #reserved = 0
  #hears = false
  #purged = 0

  constructor(options: HttpCacheOptions, store: ResponseStore = new MemoryStore(options.maxBytes)) {
    this.#options = options
    this.#store = store
    this.clock = options.clock ?? SYSTEM_CLOCK
  }

  /** Bytes held, for complete responses and for those on their way. */
  get bytes(): number {
    return this.#store.bytes + this.#reserved
  }

  /** Complete responses held. */
  get count(): number {
    return this.#store.count
  }

  /** Complete responses that were dropped for want of room. */
  get evicted(): number {
    return this.#store.evicted
  }

  /** Purges that were heard. */
  get purged(): number {
    return this.#purged
  }

  get maxBytes(): number {
    return this.#options.maxBytes
  }

  /** The newest stored response that fits a request's `Vary` fields. */
  select(exchange: Exchange, { key }: Asked): StoredResponse | undefined {
    const variants = this.#store.find(key)
    if (variants.length === 0) return undefined
    const found = variants.find((each) => isVariant(each.variant, exchange.req))
    if (found) this.#store.touch(found)
    return found
  }

  /** Whether there are responses for other requests of this key. */
  hasVariants({ key }: Asked): boolean {
    return this.#store.find(key).length > 0
  }

  /** Answers an exchange with what the origin sends, its own response or one that another client asked for. */
  fetch(fetching: Fetching): void {
    const { exchange, asked, how } = fetching
    const flight = fetching.joins ? this.#open.get(asked.key) : undefined
    const alone = () => this.fetch({ ...fetching, stored: undefined, joins: false, leads: false })
    if (flight && flight.clients < MOST_CLIENTS) {
      exchange.trail.cache = "coalesced"
      flight.join({ exchange, how: `${how}; collapsed`, alone })
    } else {
      exchange.trail.cache = "miss"
      this.#launch(fetching, { exchange, how, alone })
    }
  }

  /** Fetches behind everybody's back what a stale response is replaced by, unless somebody does already. */
  refresh(fetching: Fetching): void {
    if (!this.#open.has(fetching.asked.key)) this.#launch(fetching, undefined)
  }

  /** Whether responses to such requests were for one client each, as far as is known. */
  isPassing(asked: Asked): boolean {
    return this.#passing.has(passingKey(asked))
  }

  /** Notes whether responses to such requests are for one client each. */
  notePassing(asked: Asked, isPassing: boolean): void {
    const key = passingKey(asked)
    this.#passing.delete(key)
    if (!isPassing) return
    this.#passing.add(key)
    for (const oldest of this.#passing) {
      if (this.#passing.size <= MOST_PASSING) return
      this.#passing.delete(oldest)
    }
  }

  keep(response: StoredResponse): void {
    this.#store.put(response)
  }

  drop(response: StoredResponse): void {
    this.#store.delete(response)
  }

  /** Forgets every response to requests of these keys, those on their way included. */
  invalidate(keys: readonly string[]): void {
    this.#purges.add(keys.map(uriKey))
    for (const key of keys) {
      this.#store.deleteKey(key)
      this.#open.delete(key)
    }
  }

  /** Whether purges are heard. While they are not, what could be purged is neither kept nor shared. */
  get hears(): boolean {
    return this.#hears
  }

  /** Forgets the responses that name one of the keys, and those that will; a soft purge only ends their freshness. */
  purge({ keys, soft }: { keys: readonly string[]; soft: boolean }): void {
    this.#purged++
    this.#purges.add(keys)
    this.#open.clear()
    const now = this.clock.ticks()
    for (const response of keys.flatMap((key) => this.#store.named(key))) {
      if (soft) response.expiredAt ??= now
      else this.#store.delete(response)
    }
  }

  /** Purges are heard from now on, or no longer: those that were missed may have concerned anything. */
  hear(hears: boolean): void {
    this.#hears = hears
    // Some passed only because purges of them would not have been heard.
    this.#passing.clear()
    this.#purges.addAll()
    this.#open.clear()
    this.#store.clear()
  }

  /** Gives up what no client waits for. */
  close(): void {
    for (const flight of this.#flights) flight.abandon()
  }

  #launch({ exchange, asked, next, stored, leads }: Fetching, leader: Waiter | undefined): void {
    const flight: Flight = new Flight({
      exchange,
      asked,
      stored,
      hangar: this.#hangar(asked, () => flight),
    })
    this.#flights.add(flight)
    if (leads && !this.isPassing(asked)) this.#open.set(asked.key, flight)
    flight.start(next, leader)
  }

  #hangar(asked: Asked, flight: () => Flight): Hangar {
    const beganAt = this.#purges.now
    return {
      clock: this.clock,
      maxObjectBytes: MAX_OBJECT_BYTES,
      reserve: (bytes) => this.#reserve(bytes),
      release: (bytes) => {
        this.#reserved -= bytes
      },
      hears: () => this.#hears,
      keep: (response) => {
        const names = [...response.surrogateKeys, uriKey(response.key)]
        if (!this.#purges.isPurged(names, beganAt)) this.keep(response)
        this.notePassing(asked, false)
      },
      drop: (response) => this.drop(response),
      close: () => this.#closeFlight(asked.key, flight()),
      end: () => this.#flights.delete(flight()),
      notePassing: () => this.notePassing(asked, true),
    }
  }

  #closeFlight(key: string, flight: Flight): void {
    if (this.#open.get(key) === flight) this.#open.delete(key)
  }

  #reserve(bytes: number): boolean {
    if (this.#reserved + bytes > this.#options.maxBytes / 4) return false
    this.#reserved += bytes
    return true
  }
}

const uriKey = (key: string) => `uri ${key}`

const passingKey = ({ key, credentials }: Asked) => (credentials ? `member ${key}` : key)
