import { buffer } from "node:stream/consumers"
import { answerError, hasBody } from "../answer.ts"
import type { Exchange, Policy } from "../exchange.ts"
import { BodyRefused, openBody, type RequestBody } from "../proxy/request-body.ts"
import { isUpload } from "./limit-body.ts"

const SMALL_BYTES = 64 * 1024
/** Of all bodies that are kept at a time. */
const TOGETHER_BYTES = 32 * 1024 * 1024

/**
 * Waits for a small body and keeps it until the request is over. So a write can be sent a second time, and a client
 * that dribbles costs a replica nothing. Larger bodies, those of unknown length and uploads are streamed.
 */
export function keepBody(): Policy {
  let kept = 0
  return (next) => (exchange) => {
    if (!exchange.body) return next(exchange)
    const length = Number(exchange.req.headers["content-length"] ?? 0)
    if (length === 0 || length > SMALL_BYTES || isUpload(exchange)) return next(exchange)
    if (kept + length > TOGETHER_BYTES) return next(exchange)
    const body = openBody(exchange)
    if (!body) return next(exchange)
    kept += length
    exchange.res.once("close", () => {
      kept -= length
    })
    return readBody(exchange, body).then((whole) => (whole ? next(exchange) : undefined))
  }
}

/** Whether the body goes to the replica as it comes in. */
export const isStreamed = ({ body, keptBody }: Exchange) =>
  body !== undefined && keptBody === undefined && hasBody(body)

/** @returns whether to go on; otherwise the client was told why not, if it is still there */
async function readBody(exchange: Exchange, body: RequestBody): Promise<boolean> {
  try {
    exchange.keptBody = await buffer(body)
    return !exchange.res.destroyed
  } catch (error) {
    if (error instanceof BodyRefused) answerError(exchange, error.refusal)
    return false
  }
}
