import type { EntryPolicy } from "./define-entry.ts"
import { checkVersion, type Versioned } from "./versioned.ts"

/** Stands for a value that is known but too large to be cached: it is read from the database. */
export const UNKEPT = Symbol("unkept")

/** A value as Redis holds it. */
export interface Stored {
  version: number
  /** Milliseconds since 1970 by Redis' clock from which on it should be renewed; 0 for never. */
  dueAt: number
  /** How long it took to load, in ms; 0 when it was not loaded but published. */
  costMs: number
  value: unknown
  /** Of the stored text. */
  characters: number
}

/** What the scripts make a stored value of. */
export interface Payload {
  version: number
  /** `<cost>:<json>`. */
  text: string
  lifeMs: number
  softMs: number
  /** It was too large: `text` says that only. */
  unkept: boolean
}

const milliseconds = (seconds: number, jitter: number) => Math.round(seconds * 1000 * jitter)

/** @throws RangeError when the version is not an integer from 0 to 2^53 - 1 */
export function encode(policy: EntryPolicy, row: Versioned<unknown>, costMs: number): Payload {
  checkVersion(row.version)
  const json = JSON.stringify(row.value ?? null)
  const unkept = json.length > policy.maxBytes
  const jitter = 0.9 + Math.random() * 0.2
  const kept = row.value !== null && !unkept
  return {
    version: row.version,
    text: `${Math.round(costMs)}:${unkept ? "!" : json}`,
    lifeMs: Math.max(1, milliseconds(kept ? policy.ttlSeconds : policy.absentTtlSeconds, jitter)),
    softMs: kept ? milliseconds(policy.softTtlSeconds, jitter) : 0,
    unkept,
  }
}

const COLON = 58
const ZERO = 48
/** The digits of a number that a double still holds, about. */
const MOST_DIGITS = 16

/** Where the number ends that begins there: at its colon; -1 where there is none. */
function endOfNumber(text: string, begin: number): number {
  const end = text.indexOf(":", begin)
  return end > begin && end <= begin + MOST_DIGITS ? end : -1
}

/** NaN for what has other characters than digits in it. */
function numberIn(text: string, begin: number, end: number): number {
  let number = 0
  for (let at = begin; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code < ZERO || code >= COLON) return Number.NaN
    number = number * 10 + (code - ZERO)
  }
  return number
}

/**
 * Reads `<version>:<due>:<cost>:<json>`, which the scripts write. Undefined for anything else.
 *
 * @param parse what makes a value of JSON; throws for what is none
 */
export function decode(stored: unknown, parse: (json: string) => unknown = JSON.parse): Stored | undefined {
  if (typeof stored !== "string") return undefined
  const first = endOfNumber(stored, 0)
  const second = first < 0 ? first : endOfNumber(stored, first + 1)
  const third = second < 0 ? second : endOfNumber(stored, second + 1)
  if (third < 0) return undefined
  const version = numberIn(stored, 0, first)
  const dueAt = numberIn(stored, first + 1, second)
  const costMs = numberIn(stored, second + 1, third)
  if (!Number.isSafeInteger(version) || Number.isNaN(dueAt + costMs)) return undefined
  const json = stored.slice(third + 1)
  try {
    const value = json === "!" ? UNKEPT : parse(json)
    return { version, dueAt, costMs, characters: stored.length, value }
  } catch {
    return undefined
  }
}
