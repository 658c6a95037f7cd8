import type { Clock } from "./clock.ts"
import { type Directives, fieldsOf } from "./directives.ts"
import { initialAge, lifetimeOf, type Timing } from "./freshness.ts"
import { type Fields, type Headers, linesOf, listOf, singleOf } from "./header-fields.ts"
import { readDate } from "./http-date.ts"
import { policyOf, TARGETED } from "./response-policy.ts"
import type { Variant } from "./vary.ts"

/** The field by which a response names what it shows, so that it can be purged. */
export const SURROGATE_KEY = "surrogate-key"

/** What one entry costs beside its bytes: objects, map entries, indexes. */
const OVERHEAD_BYTES = 1024
/** Fields that say something about one transfer, or that a cache writes itself. */
const NOT_STORED = new Set(["age", "cache-status", "content-length", "x-request-id"])
/** Fields that are meant for this cache and that no client gets. */
export const FOR_THE_CACHE: readonly string[] = [TARGETED, SURROGATE_KEY]

/** A complete response as it is kept. */
export interface StoredResponse {
  /** Scheme, host and target of the request it answers. */
  readonly key: string
  readonly variant: Variant
  readonly status: number
  readonly fields: Fields
  /** Those of `FOR_THE_CACHE` that came with it. */
  readonly hidden: Fields
  readonly body: Buffer
  readonly directives: Directives
  /** Seconds for which it is fresh. */
  readonly lifetime: number
  /** Seconds of age when it came, and when that was (`Clock.ticks`). */
  readonly initialAge: number
  readonly receivedAt: number
  readonly etag: string | undefined
  /** Milliseconds since 1970. */
  readonly lastModified: number | undefined
  readonly date: number
  readonly surrogateKeys: readonly string[]
  /** Bytes it is counted with. */
  readonly size: number
  /** Set by a soft purge: it counts as stale since then (`Clock.ticks`). */
  expiredAt: number | undefined
}

/** Everything about a response but its body, known once its head is there. */
export type StoredHead = Omit<StoredResponse, "body" | "size" | "expiredAt">

export interface HeadParts {
  key: string
  variant: Variant
  status: number
  headers: Headers
  timing: Timing
  clock: Clock
}

/** Reads what counts from a response's head. */
export function storedHead({ key, variant, status, headers, timing, clock }: HeadParts): StoredHead {
  const policy = policyOf(headers)
  const { directives } = policy
  const date = readDate(singleOf(headers, "date")) ?? timing.receivedAt
  return {
    key,
    variant,
    status,
    fields: storedFields(headers, directives, timing.receivedAt),
    hidden: hiddenFields(headers),
    directives,
    lifetime: lifetimeOf(status, headers, policy, timing.receivedAt),
    initialAge: initialAge(headers, timing),
    receivedAt: clock.ticks(),
    etag: singleOf(headers, "etag"),
    lastModified: readDate(singleOf(headers, "last-modified")),
    date,
    surrogateKeys: surrogateKeysOf(headers),
  }
}

/** The whole of a response, its size counted. */
export function storedResponse(head: StoredHead, body: Buffer): StoredResponse {
  return { ...head, body, size: sizeOf(head, body.length), expiredAt: undefined }
}

/** The keys that a response names, split by spaces. */
export function surrogateKeysOf(headers: Headers): readonly string[] {
  return linesOf(headers, SURROGATE_KEY).flatMap((line) => line.split(/[ ,]+/).filter(Boolean))
}

/** Seconds since the response was made. */
export function ageOf(response: StoredHead, ticks: number): number {
  return response.initialAge + Math.max(0, ticks - response.receivedAt) / 1000
}

function hiddenFields(headers: Headers): Fields {
  const fields: Record<string, string> = {}
  for (const name of FOR_THE_CACHE) {
    const value = listOf(headers, name)
    if (value !== undefined) fields[name] = value
  }
  return fields
}

function storedFields(headers: Headers, directives: Directives, receivedAt: number): Fields {
  const left = new Set([...fieldsOf(directives, "private"), ...fieldsOf(directives, "no-cache")])
  const fields: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || NOT_STORED.has(name) || FOR_THE_CACHE.includes(name) || left.has(name))
      continue
    fields[name] = Array.isArray(value) ? value : String(value)
  }
  fields.date ??= new Date(receivedAt).toUTCString()
  return fields
}

function sizeOf(head: StoredHead, bodyBytes: number): number {
  let characters = head.key.length
  for (const [name, value] of Object.entries(head.fields)) characters += name.length + String(value).length
  for (const key of head.surrogateKeys) characters += 2 * key.length
  for (const [name, value = ""] of head.variant) characters += name.length + value.length
  return OVERHEAD_BYTES + 2 * characters + bodyBytes
}
