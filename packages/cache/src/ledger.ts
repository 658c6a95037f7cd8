import { within } from "./within.ts"

/**
 * The keys of all committed writes that Redis has not been told of, as the primary database knows them; null when
 * they are too many to be named.
 */
export type ReadOwed = () => Promise<readonly string[] | null>

/** What this process knows of writes that are hidden from Redis. */
export interface Ledger {
  /** How long a writer whom Redis does not answer has to wait until no process believes Redis about what it wrote. */
  readonly waitMs: number
  /**
   * The keys about which Redis is not to be believed; undefined when it is not to be believed at all. To be asked
   * for right before Redis is. One statement to the database twice in `VALID_MS` at most, and none while nobody reads.
   */
  owed(): Promise<ReadonlySet<string> | undefined>
  /** The same as far as it is known by now: `moment`, by the ledger's clock. */
  known(moment: number): ReadonlySet<string> | undefined
}

/** For how long after it was asked for an answer of the database counts. */
const VALID_MS = 500
/** A reader does without Redis rather than wait longer for the database. */
const TIMEOUT_MS = 250
/** Clocks of two machines may run so differently. */
const DRIFT = 1.1

const NOTHING: ReadonlySet<string> = new Set()

/** Where every write reaches Redis, or a miss of one is accepted. */
const TRUSTING: Ledger = { waitMs: 0, owed: async () => NOTHING, known: () => NOTHING }

/**
 * Makes what Redis does not know safe by a lease (Gray and Cheriton: Leases, SOSP 1989): a reader believes Redis only
 * for a while after the database named to it all writes that Redis misses. A writer first commits the name of what
 * it wrote and then waits that while out before its client is told. So a reader who began after that knows the name
 * or believes nothing, however late or slow anybody is: what is compared are durations alone.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function createLedger(
  read: ReadOwed | undefined,
  now: () => number = () => performance.now(),
): Ledger {
  if (!read) return TRUSTING
  let keys: ReadonlySet<string> | undefined
  let until = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | undefined

  const ask = async () => {
    const asked = now()
    const named = await read()
    keys = named ? new Set(named) : undefined
    until = asked + VALID_MS
  }
  const refresh = () => {
    asking ??= ask()
      .catch(() => undefined)
      .finally(() => {
        asking = undefined
      })
    return asking
  }
  return {
    waitMs: VALID_MS * DRIFT,
    async owed() {
      if (now() >= until - VALID_MS / 2) {
        const refreshed = refresh()
        if (now() >= until) await within(TIMEOUT_MS, refreshed).catch(() => undefined)
      }
      return now() < until ? keys : undefined
    },
    known(moment) {
      const left = until - moment
      if (left < VALID_MS / 2) void refresh()
      return left > 0 ? keys : undefined
    },
  }
}
