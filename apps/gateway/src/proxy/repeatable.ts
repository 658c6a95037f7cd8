import type { Exchange } from "../exchange.ts"
import { knownOf } from "../match-route.ts"

const SAFE = new Set(["GET", "HEAD", "OPTIONS"])

/** Whether the request changes nothing (RFC 9110 §9.2.1). */
export const isRead = ({ req }: Exchange) => SAFE.has(req.method ?? "")

/**
 * Whether a replica may get the request after another one may have begun on it: reads, and writes of which the
 * contract says so. What OAuth hands out once is lost the second time, key or no key.
 *
 * @param mayComeLate whether that other one may still do it, long after
 */
export function isRepeatable(exchange: Exchange, mayComeLate: boolean): boolean {
  if (isRead(exchange)) return true
  const { method, headers } = exchange.req
  const repeats = knownOf(method, exchange.path)?.repeats
  if (repeats === "keyed") return headers["idempotency-key"] !== undefined
  return repeats === "alike" && !mayComeLate
}
