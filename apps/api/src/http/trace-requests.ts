import { isTraceparent, type Span, startSpan, withTrace } from "@tintype/observe"
import type { FastifyInstance, FastifyRequest } from "fastify"
import { isGateway } from "./gateways.ts"

/**
 * What a request causes belongs to it, by its id, and to its span where spans go anywhere. The gateway's own span is
 * gone on with; nobody else's.
 */
export function traceRequests(app: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, Span>()
  app.addHook("onRequest", (request, reply, done) => {
    const { traceparent: given } = request.headers
    const parent = isTraceparent(given) && isGateway(request.raw.socket) ? given : undefined
    const { method, routeOptions } = request
    const span = startSpan({ name: method, kind: "server", traceparent: parent, id: request.id })
    if (span) {
      spans.set(request, span)
      // Once it is over, however it ends.
      reply.raw.once("close", () => {
        const route = routeOptions.url ?? "unknown"
        const { statusCode: status } = reply
        const attributes = {
          "http.request.method": method,
          "http.route": route,
          "tintype.request_id": request.id,
        }
        span.end(`${method} ${route}`, { ...attributes, "http.response.status_code": status }, status >= 500)
      })
    }
    withTrace(request.id, done, span?.traceparent ?? parent)
  })
}
