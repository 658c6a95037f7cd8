import type { OutgoingHttpHeaders } from "node:http"
import type { Asked } from "./asked.ts"
import type { Clock } from "./clock.ts"
import { singleOf } from "./header-fields.ts"
import { mayReplaceError } from "./judge.ts"
import { isStorable } from "./storable.ts"
import {
  type StoredHead,
  type StoredResponse,
  storedHead,
  storedResponse,
  surrogateKeysOf,
} from "./stored-response.ts"
import { canBeConfirmed, isAbout, mergeFields } from "./update-stored.ts"
import { type RequestFields, variantOf } from "./vary.ts"

/** A request to the origin whose response has begun. */
export interface Inquiry {
  asked: Asked
  fields: RequestFields
  /** The stored response that was not good enough. */
  stored: StoredResponse | undefined
  /** Milliseconds since 1970. */
  requestedAt: number
  clock: Clock
  maxObjectBytes: number
  /** Whether purges are heard. */
  hears: boolean
}

/**
 * What a response's head means to the cache: a stored response answers, which may be `kept` in its new form and
 * `shared` with others than the one who asked; the origin spoke of another one than it was asked about; the response
 * is kept, or it only passes.
 */
export type Meaning =
  | { is: "stored"; response: StoredResponse; kept: boolean; shared: boolean }
  | { is: "confusing" }
  | { is: "kept"; head: StoredHead }
  | { is: "passing" }

export function readHead(inquiry: Inquiry, status: number, headers: OutgoingHttpHeaders): Meaning {
  const { asked, stored, clock } = inquiry
  if (stored && status === 304 && canBeConfirmed(stored)) return readConfirmation(inquiry, stored, headers)
  if (stored && isFailure(status) && mayReplaceError(stored, asked.directives, clock.ticks())) {
    return { is: "stored", response: stored, kept: false, shared: true }
  }
  const head = headToKeep(inquiry, status, headers)
  return head ? { is: "kept", head } : { is: "passing" }
}

function readConfirmation(inquiry: Inquiry, stored: StoredResponse, headers: OutgoingHttpHeaders): Meaning {
  if (!isAbout(stored, headers)) return { is: "confusing" }
  const merged = mergeFields(stored, headers)
  const head = headToKeep(inquiry, stored.status, merged)
  const shown = head ?? headOf(inquiry, stored.status, merged, stored.variant)
  const response = storedResponse(shown, stored.body)
  return { is: "stored", response, kept: head !== undefined, shared: head !== undefined }
}

/** What is to be kept of a response, if it may be and ever helps. */
export function headToKeep(
  inquiry: Inquiry,
  status: number,
  headers: OutgoingHttpHeaders,
): StoredHead | undefined {
  if (!isStorable(inquiry.asked, status, headers)) return undefined
  if (Number(singleOf(headers, "content-length") ?? 0) > inquiry.maxObjectBytes) return undefined
  if (!inquiry.hears && surrogateKeysOf(headers).length > 0) return undefined
  const variant = variantOf(headers, inquiry.fields)
  const head = variant && headOf(inquiry, status, headers, variant)
  return head && isWorthKeeping(head) ? head : undefined
}

function headOf(
  { asked, requestedAt, clock }: Inquiry,
  status: number,
  headers: OutgoingHttpHeaders,
  variant: StoredHead["variant"],
): StoredHead {
  const timing = { requestedAt, receivedAt: clock.date() }
  return storedHead({ key: asked.key, variant, status, headers, timing, clock })
}

/** The statuses that RFC 5861 §4 counts as errors. */
const isFailure = (status: number) => status === 500 || (status >= 502 && status <= 504)

/** A response that is stale from the start and cannot be confirmed is never used again. */
function isWorthKeeping({ directives, lifetime, initialAge, fields }: StoredHead): boolean {
  if (fields.etag !== undefined || fields["last-modified"] !== undefined) return true
  if (directives.get("no-cache") === "") return false
  const isUsedStale = directives.has("stale-while-revalidate") || directives.has("stale-if-error")
  return lifetime > initialAge || isUsedStale
}
