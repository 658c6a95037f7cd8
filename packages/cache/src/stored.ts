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

const HEAD = /^(\d{1,16}):(\d{1,16}):(\d{1,16}):/

/** Reads `<version>:<due>:<cost>:<json>`, which the scripts write. Undefined for anything else. */
export function decode(stored: unknown): Stored | undefined {
  if (typeof stored !== "string") return undefined
  const head = HEAD.exec(stored)
  if (!head) return undefined
  const json = stored.slice(head[0].length)
  const [version, dueAt, costMs] = [Number(head[1]), Number(head[2]), Number(head[3])]
  if (!Number.isSafeInteger(version)) return undefined
  try {
    return {
      version,
      dueAt,
      costMs,
      characters: stored.length,
      value: json === "!" ? UNKEPT : JSON.parse(json),
    }
  } catch {
    return undefined
  }
}
