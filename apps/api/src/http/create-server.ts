import { randomUUID } from "node:crypto"
import type { IncomingMessage } from "node:http"
import type { Logger } from "@tintype/observe"
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  fastify,
  LogController,
} from "fastify"
import { allowOtherOrigins } from "./cors.ts"
import { answerErrors, answerFrameworkError } from "./errors.ts"
import { acceptForms, parseForm } from "./forms.ts"
import { isGateway, TRUSTED } from "./gateways.ts"
import { FIELDS_MAX_BYTES } from "./read-body.ts"
import { traceRequests } from "./trace-requests.ts"

/** The gateway keeps idle connections shorter than this, so that it never writes into one that is closing. */
const KEEP_ALIVE_MS = 30_000
/** For a whole request, so that an upload over a slow line gets through and a stalled one does not stay. */
const REQUEST_MS = 300_000
const HEADERS_MS = 20_000

function requestId({ headers, socket }: Pick<IncomingMessage, "headers" | "socket">): string {
  const given = headers["x-request-id"]
  return isGateway(socket) && typeof given === "string" && /^[\w.-]{8,128}$/.test(given)
    ? given
    : randomUUID()
}

/** Nothing that this server answers is to be framed, guessed at, or kept by a cache, unless a route says so. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
}

/** A cookie is for one browser, whatever the route says of its answers. */
function forbidKeeping(reply: FastifyReply): void {
  reply.header("cache-control", "no-store").removeHeader("cdn-cache-control")
}

/** An empty server with the manners that every route shares. */
export function createServer(log: Logger): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = log
  const app = fastify({
    loggerInstance,
    // The gateway keeps the access log.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    trustProxy: TRUSTED,
    genReqId: requestId,
    bodyLimit: FIELDS_MAX_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    http: { headersTimeout: HEADERS_MS },
    // While it drains, a request that comes over an open connection is answered like any other.
    return503OnClosing: false,
    // Mastodon's router does not mind a slash at the end, and clients rely on it.
    routerOptions: { querystringParser: parseForm, maxParamLength: 200, ignoreTrailingSlash: true },
    frameworkErrors: answerFrameworkError,
  })
  app.decorateRequest("session", null)
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(HEADERS)
    reply.header("x-request-id", request.id)
  })
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (reply.hasHeader("set-cookie")) forbidKeeping(reply)
    done()
  })
  traceRequests(app)
  allowOtherOrigins(app)
  acceptForms(app)
  answerErrors(app)
  return app
}
