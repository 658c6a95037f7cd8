import type { FastifyInstance } from "fastify"

/**
 * What pages of other origins may call. They come with a token in a header; cookies are never allowed along, so
 * that any origin may be let in.
 */
const OPEN_PATHS = ["/api", "/oauth/token", "/oauth/revoke", "/.well-known", "/nodeinfo"] as const

const isOpen = (url: string): boolean =>
  OPEN_PATHS.some((path) => url.startsWith(path) && /^(?:$|[/?])/.test(url.slice(path.length)))

const EXPOSED = "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, Retry-After"

/** Lets the web clients of other origins in (Fetch Standard, section 3.3). */
export function allowOtherOrigins(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    if (!isOpen(request.url)) return
    reply.header("access-control-allow-origin", "*")
    reply.header("access-control-expose-headers", EXPOSED)
  })
  for (const path of OPEN_PATHS) {
    for (const url of [path, `${path}/*`]) {
      app.options(url, async (request, reply) => {
        const asked = request.headers["access-control-request-headers"]
        reply.header("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS")
        reply.header("access-control-allow-headers", asked ?? "Authorization, Content-Type, Idempotency-Key")
        reply.header("access-control-max-age", "7200")
        reply.header("vary", "Access-Control-Request-Headers")
        return reply.code(204).send()
      })
    }
  }
}
