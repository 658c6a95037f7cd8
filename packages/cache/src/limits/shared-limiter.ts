import type { CacheRedis } from "../cache-redis.ts"
import { CacheUnavailable } from "../same-tick.ts"
import { bucketName, type Limit, readTaken, takeGo } from "./bucket-scripts.ts"
import { createLocalBuckets } from "./local-buckets.ts"

/** How one bucket stands after a go was asked of it. */
export interface Standing {
  /** 0 if there was a go, or in how many ms there is one again. */
  waitMs: number
  /** Goes that are left. */
  left: number
  /** In how many ms it will be full. */
  fullInMs: number
}

/**
 * Bounds how often something may be done over all processes, for where every request is counted: what this process
 * knows decides where that is certain, Redis elsewhere, in one round trip for all buckets. While Redis is away this
 * process counts for itself. Nothing is given back: a go that one bucket refuses may count for the others.
 */
export interface SharedLimiter {
  /** Asks each bucket for a go. A promise only where Redis has to be asked; never rejected. */
  take(limits: readonly Limit[]): readonly Standing[] | Promise<readonly Standing[]>
}

export interface SharedLimiterOptions {
  prefix?: string
  /** Buckets that this process remembers. */
  most?: number
  now?: () => number
}

const MOST = 50_000
/** How old the last answer of Redis may be for a bucket that is still half full to be taken from without asking. */
const FRESH_MS = 250
/** How long such goes are owed to Redis. */
const OWED_MS = 50

interface Account {
  limit: Limit
  /** Goes taken here that Redis does not know of. */
  owed: number
  /** When Redis last told how the bucket stands. */
  heardAt: number
}

class Limiting implements SharedLimiter {
  readonly #redis: CacheRedis
  readonly #prefix: string
  readonly #most: number
  readonly #now: () => number
  readonly #local: ReturnType<typeof createLocalBuckets>
  readonly #accounts = new Map<string, Account>()
  readonly #indebted = new Set<Account>()
  #timer: NodeJS.Timeout | undefined

  constructor(redis: CacheRedis, { prefix = "", most = MOST, now = Date.now }: SharedLimiterOptions) {
    this.#redis = redis
    this.#prefix = prefix
    this.#most = most
    this.#now = now
    this.#local = createLocalBuckets(most, now)
  }

  take(limits: readonly Limit[]): readonly Standing[] | Promise<readonly Standing[]> {
    const standings = limits.map((limit) => this.#takeLocally(limit))
    const asked = limits.filter((limit, index) => standings[index]?.waitMs === 0 && !this.#lend(limit))
    // One that is empty refuses, whatever Redis would say of the others.
    if (asked.length === 0 || standings.some(({ waitMs }) => waitMs > 0)) return standings
    return Promise.all(
      limits.map((limit, index) => (asked.includes(limit) ? this.#ask(limit) : (standings[index] ?? NONE))),
    )
  }

  #takeLocally(limit: Limit): Standing {
    return standingOf(limit, this.#local.take(limit), this.#local.fullIn(limit.key))
  }

  /**
   * Whether a go may be had without asking: less than a quarter of a bucket that is more than half full, as it was
   * a moment ago, is owed at a time. So not before a fifth process takes part at the same moment can more be given
   * than there is, and that is owed too.
   */
  #lend(limit: Limit): boolean {
    const account = this.#accounts.get(limit.key)
    if (!account || this.#now() - account.heardAt > FRESH_MS) return false
    if (4 * (account.owed + 1) > limit.burst) return false
    if (2 * this.#local.fullIn(limit.key) > limit.burst * limit.everyMs) return false
    this.#owe(limit)
    return true
  }

  #owe(limit: Limit): void {
    const account = this.#accountOf(limit)
    account.owed++
    this.#indebted.add(account)
    this.#timer ??= setTimeout(() => this.#settle(), OWED_MS).unref()
  }

  #settle(): void {
    this.#timer = undefined
    for (const account of this.#indebted) void this.#tell(account, false)
  }

  async #ask(limit: Limit): Promise<Standing> {
    const waitMs = await this.#tell(this.#accountOf(limit), true)
    return standingOf(limit, waitMs, this.#local.fullIn(limit.key))
  }

  /** Tells Redis what is owed, and takes one more where `takes`; what it says of the bucket holds here too. */
  async #tell(account: Account, takes: boolean): Promise<number> {
    const { key, everyMs, burst } = account.limit
    // What was owed while Redis was away may have fallen into the bucket again since.
    const owed = Math.min(account.owed, Math.ceil(this.#local.fullIn(key) / everyMs) - (takes ? 1 : 0))
    account.owed = 0
    this.#indebted.delete(account)
    try {
      const name = bucketName(this.#prefix, key)
      const reply = await this.#redis.run(takeGo, [name], everyMs, burst, owed, takes ? 1 : 0)
      const { waitMs, fullInMs } = readTaken(reply)
      this.#local.correct(key, fullInMs + account.owed * everyMs)
      account.heardAt = this.#now()
      return waitMs
    } catch (error) {
      if (!(error instanceof CacheUnavailable)) throw error
      account.owed += owed + (takes ? 1 : 0)
      return 0
    }
  }

  #accountOf(limit: Limit): Account {
    const known = this.#accounts.get(limit.key)
    const account = known ?? { limit, owed: 0, heardAt: Number.NEGATIVE_INFINITY }
    this.#accounts.delete(limit.key)
    this.#accounts.set(limit.key, account)
    const [first] = this.#accounts.keys()
    if (this.#accounts.size > this.#most && first !== undefined) this.#accounts.delete(first)
    return account
  }
}

const NONE: Standing = { waitMs: 0, left: 0, fullInMs: 0 }

const standingOf = ({ burst, everyMs }: Limit, waitMs: number, fullInMs: number): Standing => ({
  waitMs,
  left: Math.max(0, Math.floor(burst - fullInMs / everyMs)),
  fullInMs,
})

export const createSharedLimiter = (redis: CacheRedis, options: SharedLimiterOptions = {}): SharedLimiter =>
  new Limiting(redis, options)
