import { LoadsExhausted } from "@tintype/cache"

/**
 * Codes of the drivers and of Postgres that say: the store cannot be reached, is starting or stopping, is full, or
 * the statement ran out of its time. The same call may succeed in a moment.
 */
const CODES = new Set([
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
  "08000",
  "08001",
  "08003",
  "08004",
  "08006",
  "08P01",
  "25006",
  "40001",
  "40P01",
  "53100",
  "53200",
  "53300",
  "55000",
  "55P03",
  "57014",
  "57P01",
  "57P02",
  "57P03",
])

function* causes(error: unknown): Generator<unknown> {
  for (let each = error, depth = 0; each instanceof Error && depth < 10; each = each.cause, depth++) {
    yield each
    if (each instanceof AggregateError) yield* each.errors
  }
}

/** Whether an error, or what caused it, says that a store is away or has more to do than it can. */
export function isStoreAway(error: unknown): boolean {
  for (const each of causes(error)) {
    if (each instanceof LoadsExhausted) return true
    if (each instanceof Error && "code" in each && CODES.has(String(each.code))) return true
  }
  return false
}
