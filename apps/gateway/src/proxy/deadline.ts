import type { Exchange } from "../exchange.ts"
import { isUpload } from "../policies/limit-body.ts"
import { isRead } from "./repeatable.ts"

/** Tells a replica how many milliseconds are left until the gateway gives the request up. */
export const DEADLINE_HEADER = "x-request-timeout-ms"

const READ_MS = 15_000
const WRITE_MS = 60_000
/** As long as a client may take to send one, see server.ts. */
const UPLOAD_MS = 900_000

/** Milliseconds within which an answer must have begun, whichever replica gives it. */
export function timeLimit(exchange: Exchange): number {
  if (isRead(exchange)) return READ_MS
  return isUpload(exchange) ? UPLOAD_MS : WRITE_MS
}
