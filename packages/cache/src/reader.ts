import { inBatches } from "./batches.ts"
import type { CacheRedis } from "./cache-redis.ts"
import type { CacheCounters } from "./counters.ts"
import type { CacheKey } from "./define-entry.ts"
import type { Filler } from "./filler.ts"
import type { FirstLevel, Ticket } from "./first-level.ts"
import type { Lead, Leaders } from "./leaders.ts"
import type { Ledger } from "./ledger.ts"
import type { Claim, Protocol } from "./protocol.ts"
import type { Due, Renewals } from "./renewals.ts"
import type { Repairs } from "./repairs.ts"
import type { Sampler } from "./sampler.ts"
import type { Load } from "./single-flight.ts"
import { type Stored, UNKEPT } from "./stored.ts"
import { Found } from "./versioned.ts"

/** What reading is made of. */
export interface ReaderParts {
  redis: CacheRedis
  protocol: Protocol
  ledger: Ledger
  repairs: Repairs
  firstLevel: FirstLevel | undefined
  /** Told that the first level was asked, and when. */
  refresh: (moment: number) => void
  /** The clock of ledger and first level. */
  now: () => number
  filler: Filler
  leaders: Leaders
  renewals: Renewals
  sampler: Sampler
  counters: CacheCounters
  newToken: () => string
  /** Before looking again for what a reader of another process is filling; `look` counts from 0. */
  pause: (look: number) => Promise<unknown>
  /** How often that is done before this process loads for itself. */
  looks: number
}

/** How often a reader waits for others of its own process before it loads for itself. */
const ROUNDS = 3
const MOST_KEYS = 1000

type AnyKey = CacheKey<unknown>

/** What Redis did not give: keys that may be filled, and keys that are to be loaded only. */
interface Missing<Key> {
  absent: readonly Key[]
  direct: readonly Key[]
}

/** One call of `readMany`. */
interface Reading<Key> {
  found: Found
  load: Load<Key>
}

/** The reading half of a cache. */
export class Reader {
  readonly #parts: ReaderParts

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  /** `Cache.readMany`. */
  async readMany<Key extends AnyKey>(keys: readonly Key[], load: Load<Key>): Promise<Found> {
    if (keys.length > MOST_KEYS) throw new RangeError(`${keys.length} keys in one read`)
    const reading = { found: new Found(), load }
    const wanted = this.#withoutOwn(reading.found, keys)
    if (wanted.length > 0) await this.#bring(reading, await this.#lookUp(reading, wanted), 0)
    return reading.found
  }

  /** What this process may answer without asking anybody. */
  own(key: AnyKey): Stored | undefined {
    const { redis, ledger, repairs, firstLevel, refresh, now, counters } = this.#parts
    if (!firstLevel || !key.policy.firstLevel || !redis.trusted) return undefined
    const moment = now()
    refresh(moment)
    const owed = ledger.known(moment)
    if (!owed || (owed.size > 0 && owed.has(key.key)) || repairs.owes(key.key)) return undefined
    const stored = firstLevel.get(key.key, moment)
    if (!stored) return undefined
    counters.hits += 1
    counters.firstLevelHits += 1
    return stored
  }

  /** Moves what this process may answer by itself into `found`; gives what is left. */
  #withoutOwn<Key extends AnyKey>(found: Found, keys: readonly Key[]): readonly Key[] {
    if (!this.#parts.firstLevel || !keys.some(({ policy }) => policy.firstLevel)) return keys
    return keys.filter((key) => {
      const stored = this.own(key)
      if (stored) found.add(key, stored.value)
      return !stored
    })
  }

  /** Moves what the cache holds into `found`, and has what is due renewed. */
  async #lookUp<Key extends AnyKey>(
    { found, load }: Reading<Key>,
    keys: readonly Key[],
  ): Promise<Missing<Key>> {
    const { renewals, sampler, counters } = this.#parts
    const believed = await this.#believed(keys)
    const stored = believed.length > 0 ? await this.#ask(believed) : undefined
    if (!stored) return this.#missed([], keys)
    const absent: Key[] = []
    const direct = believed.length < keys.length ? without(keys, believed) : []
    const due: Due<Key>[] = []
    const now = Date.now()
    for (const [index, key] of believed.entries()) {
      const hit = stored[index]
      if (hit?.value === UNKEPT) direct.push(key)
      else if (!hit) absent.push(key)
      else {
        found.add(key, hit.value)
        counters.hits += 1
        if (hit.value === null) counters.absentHits += 1
        sampler.see(key, load)
        const earlyMs = renewals.wants(hit, now)
        if (earlyMs !== undefined) due.push({ key, earlyMs })
      }
    }
    if (due.length > 0) renewals.start(due, load)
    return this.#missed(absent, direct)
  }

  /** What is in neither level, each key once: a key that is asked for twice is still to be loaded by one. */
  #missed<Key extends AnyKey>(absent: readonly Key[], direct: readonly Key[]): Missing<Key> {
    const missing = { absent: eachOnce(absent), direct: eachOnce(direct) }
    this.#parts.counters.misses += missing.absent.length + missing.direct.length
    return missing
  }

  /**
   * The keys about which Redis may be asked. To be called before that, never after: a repair that ends meanwhile
   * says nothing of an answer that was under way.
   */
  async #believed<Key extends AnyKey>(keys: readonly Key[]): Promise<readonly Key[]> {
    const { redis, ledger, repairs } = this.#parts
    const owed = redis.trusted ? await ledger.owed() : undefined
    if (!owed) return []
    // Nearly always nothing is owed. A text that was just put together costs more to look for than all else here.
    if (owed.size === 0 && repairs.none) return keys
    return keys.filter(({ key }) => !owed.has(key) && !repairs.owes(key))
  }

  /** What Redis says to each key; undefined when it says nothing, or nothing that counts. */
  async #ask<Key extends AnyKey>(keys: readonly Key[]): Promise<(Stored | undefined)[] | undefined> {
    const { redis, protocol, firstLevel } = this.#parts
    const tickets = keys.map(({ key, policy }) => (policy.firstLevel ? firstLevel?.expect(key) : undefined))
    const answer = await protocol.get(keys).catch(() => undefined)
    for (const [index, ticket] of tickets.entries()) {
      if (ticket) this.#keep(keys[index]?.key ?? "", ticket, answer?.[index])
    }
    return redis.trusted ? answer : undefined
  }

  #keep(key: string, ticket: Ticket, stored: Stored | undefined): void {
    const { firstLevel } = this.#parts
    if (stored && stored.value !== UNKEPT) firstLevel?.keep(key, ticket, stored)
    firstLevel?.release(key, ticket)
  }

  /** Gets what is missing: as the leader of a key, or after another reader of this process. */
  async #bring<Key extends AnyKey>(
    reading: Reading<Key>,
    { absent, direct }: Missing<Key>,
    round: number,
  ): Promise<void> {
    const { leaders, filler } = this.#parts
    if (absent.length === 0 || round === ROUNDS) {
      return filler.load(reading.found, [...absent, ...direct], reading.load)
    }
    const led = absent.filter(({ key }) => !leaders.has(key))
    const followed = absent.filter(({ key }) => leaders.has(key))
    const lead = leaders.begin(led)
    try {
      await Promise.all([
        this.#claim(reading, lead, { absent: led, direct }, 0),
        this.#follow(reading, followed, round),
      ])
    } finally {
      lead.endAll("load")
    }
  }

  async #follow<Key extends AnyKey>(
    reading: Reading<Key>,
    keys: readonly Key[],
    round: number,
  ): Promise<void> {
    if (keys.length === 0) return
    const { leaders } = this.#parts
    const verdicts = await Promise.all(keys.map(({ key }) => leaders.ended(key)))
    const unasked = keys.filter((_, index) => verdicts[index] === "load")
    const asked = keys.filter((_, index) => verdicts[index] === "look")
    const missing = asked.length > 0 ? await this.#lookUp(reading, asked) : { absent: [], direct: [] }
    const { absent, direct } = missing
    await this.#bring(reading, { absent, direct: [...direct, ...unasked] }, round + 1)
  }

  /** As the leader of `absent`: loads and fills what Redis grants, and waits for what another process fills. */
  async #claim<Key extends AnyKey>(
    reading: Reading<Key>,
    lead: Lead,
    { absent, direct }: Missing<Key>,
    look: number,
  ): Promise<void> {
    const { protocol, filler, newToken } = this.#parts
    const token = newToken()
    const mine = [...direct]
    const granted: Key[] = []
    const held: Key[] = []
    const leases = inBatches(absent).map((batch) =>
      protocol.lease(batch, token).catch(() => batch.map((): Claim => "marked")),
    )
    const claims = (await Promise.all(leases)).flat()
    for (const [index, key] of absent.entries()) {
      const claim = claims[index] ?? "marked"
      if (claim === "held") held.push(key)
      else if (claim === "granted") granted.push(key)
      else if (claim === "marked" || claim.value === UNKEPT) {
        mine.push(key)
        lead.end(key.key, "load")
      } else {
        reading.found.add(key, claim.value)
        lead.end(key.key, "look")
      }
    }
    await Promise.all([
      filler.load(reading.found, [...mine, ...granted], reading.load, { token, keys: granted, lead }),
      this.#wait(reading, lead, held, look),
    ])
  }

  async #wait<Key extends AnyKey>(
    reading: Reading<Key>,
    lead: Lead,
    keys: readonly Key[],
    look: number,
  ): Promise<void> {
    const { filler, counters, pause, looks } = this.#parts
    if (keys.length === 0) return
    if (look === looks) return filler.load(reading.found, keys, reading.load)
    counters.leaseWaits += keys.length
    await pause(look)
    await this.#claim(reading, lead, { absent: keys, direct: [] }, look + 1)
  }
}

function eachOnce<Key extends AnyKey>(keys: readonly Key[]): Key[] {
  if (keys.length < 2) return [...keys]
  return [...new Map(keys.map((key) => [key.key, key])).values()]
}

function without<Key extends AnyKey>(keys: readonly Key[], others: readonly Key[]): Key[] {
  const left = new Set(others)
  return keys.filter((key) => !left.has(key))
}
