import type { Exchange } from "../exchange.ts"

const SAFE = new Set(["GET", "HEAD", "OPTIONS"])

/** Whether the request changes nothing (RFC 9110 §9.2.1). */
export const isRead = ({ req }: Exchange) => SAFE.has(req.method ?? "")

/**
 * Whether a replica may get the request after another one may have begun on it: reads, and writes whose
 * `Idempotency-Key` lets the api recognise the second one. What OAuth hands out once is lost the second time, key or
 * no key.
 */
export function isRepeatable(exchange: Exchange): boolean {
  if (isRead(exchange)) return true
  return exchange.req.headers["idempotency-key"] !== undefined && exchange.path.startsWith("/api/")
}
