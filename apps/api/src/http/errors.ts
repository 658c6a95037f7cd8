import type { ErrorBody } from "@tintype/contract"
import {
  Conflict,
  DomainError,
  Forbidden,
  Invalid,
  NotFound,
  OutOfSpace,
  TooLarge,
  TooMany,
  Unauthorized,
  Unavailable,
  UnsupportedPhoto,
} from "@tintype/domain"
import { OAuthRefusal } from "@tintype/domain/auth"
import { StorageFull } from "@tintype/media/blob-store"
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { BadRequest } from "./bad-request.ts"
import { isStoreAway } from "./store-away.ts"

interface Refusal {
  status: number
  body: ErrorBody
  headers?: Record<string, string>
}

const STATUSES: readonly (readonly [new (...args: never[]) => Error, number])[] = [
  [BadRequest, 400],
  [Unauthorized, 401],
  [Forbidden, 403],
  [NotFound, 404],
  [Conflict, 409],
  [TooLarge, 413],
  [Invalid, 422],
  [UnsupportedPhoto, 422],
  [TooMany, 429],
  [OutOfSpace, 507],
  [Unavailable, 503],
]

const AWAY: Refusal = {
  status: 503,
  body: { error: "The server cannot reach its storage right now. Please try again in a moment." },
  headers: { "retry-after": "5" },
}

/** Says nothing of what went wrong: that is in the log, under the request's id. */
const BROKEN: Refusal = {
  status: 500,
  body: { error: "We're sorry, but something went wrong on this server." },
}

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && "code" in error && String(error.code).startsWith("FST_")

function oauthRefusal({ code, message }: OAuthRefusal): Refusal {
  const body = { error: code, error_description: message }
  if (code === "invalid_client") {
    return { status: 401, body, headers: { "www-authenticate": 'Basic realm="OAuth"' } }
  }
  return { status: code === "unauthorized_client" ? 403 : 400, body }
}

function headersOf(error: Error): Record<string, string> {
  if (error instanceof Unavailable || error instanceof TooMany) {
    return { "retry-after": String(error.retryAfterSeconds) }
  }
  if (error instanceof Unauthorized) {
    return { "www-authenticate": 'Bearer realm="Tintype", error="invalid_token"' }
  }
  return {}
}

/** What an error becomes over HTTP. @param oauth whether the route answers in the form of RFC 6749 */
export function refusalOf(error: unknown, oauth: boolean): Refusal {
  if (error instanceof OAuthRefusal) return oauthRefusal(error)
  if (error instanceof StorageFull) return refusalOf(new OutOfSpace(), oauth)
  if (error instanceof DomainError || error instanceof BadRequest) {
    const status = STATUSES.find(([kind]) => error instanceof kind)?.[1] ?? 422
    if (oauth && (status === 422 || status === 400)) {
      return { status: 400, body: { error: "invalid_request", error_description: error.message } }
    }
    const details = error instanceof Invalid ? error.details : undefined
    return { status, body: { error: error.message, ...(details && { details }) }, headers: headersOf(error) }
  }
  if (isFastifyError(error) && error.statusCode && error.statusCode < 500) {
    return { status: error.statusCode, body: { error: error.message } }
  }
  return isStoreAway(error) ? AWAY : BROKEN
}

function log(request: FastifyRequest, error: unknown, status: number): void {
  const line = { err: error, method: request.method, route: request.routeOptions.url, status }
  if (request.raw.destroyed && !request.raw.complete) request.log.debug(line, "client went away")
  else if (status === 503) request.log.warn(line, "unavailable")
  else if (status >= 500) request.log.error(line, "request failed")
}

/** The one place where an error becomes an answer, always JSON, with the same members everywhere. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const oauth = request.routeOptions.config.contract?.tag === "oauth"
    const { status, body, headers = {} } = refusalOf(error, oauth)
    log(request, error, status)
    return reply.code(status).headers(headers).type("application/json; charset=utf-8").send(body)
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: "Record not found" }))
}

/** For what Fastify refuses before it has a route: a path that cannot be decoded. */
export function answerFrameworkError(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { status, body } = refusalOf(error, false)
  reply.code(status).send(body)
}
