import { answerError } from "../answer.ts"
import type { Exchange, Policy } from "../exchange.ts"

const MIB = 1024 * 1024

/** The requests that carry pictures; every other body is small. */
const UPLOAD =
  /^(?:POST \/api\/v[12]\/media|PUT \/api\/v1\/media\/\d+|PATCH \/api\/v1\/accounts\/update_credentials)$/

/**
 * Refuses a body that announces more than its route takes, before a byte of it is read, and sets the limit that
 * counts for one without an announced length.
 *
 * @param uploadMaxBytes the largest picture; a form around it may take one MiB more
 */
export function limitBody(uploadMaxBytes: number): Policy {
  return (next) => (exchange) => {
    exchange.bodyLimit = isUpload(exchange) ? uploadMaxBytes + MIB : MIB
    if (Number(exchange.req.headers["content-length"] ?? 0) > exchange.bodyLimit) {
      return answerError(exchange, bodyTooLarge(exchange.bodyLimit))
    }
    return next(exchange)
  }
}

/** What a body over `limit` bytes is told. */
export const bodyTooLarge = (limit: number) => ({
  status: 413,
  error: `The request body is larger than ${Math.floor(limit / MIB)} MiB`,
})

/** Whether the request is one that carries pictures. */
export const isUpload = ({ req, path }: Exchange) => UPLOAD.test(`${req.method} ${path}`)
