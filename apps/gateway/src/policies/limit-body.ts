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
      return answerError(exchange, bodyTooLarge(exchange))
    }
    return next(exchange)
  }
}

/** What a body over its limit is told: of an upload, the largest picture, which members care about. */
export function bodyTooLarge(exchange: Exchange) {
  const mib = Math.floor(exchange.bodyLimit / MIB)
  const error = isUpload(exchange)
    ? `The file is larger than ${mib - 1} MiB`
    : `The request body is larger than ${mib} MiB`
  return { status: 413, error }
}

/** Whether the request is one that carries pictures. */
export const isUpload = ({ req, path }: Exchange) =>
  req.method !== "GET" && UPLOAD.test(`${req.method} ${path}`)
