import { Forbidden } from "@tintype/domain"
import type { FastifyRequest } from "fastify"

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"])

const hostOf = (url: string): string | undefined => URL.parse(url)?.host

/**
 * Where a request was made, as the browser tells it: `unknown` when nothing does, which no browser of today does
 * for a request that changes something.
 */
export function originOf(request: FastifyRequest, publicUrl: string): "own" | "foreign" | "unknown" {
  const site = request.headers["sec-fetch-site"]
  if (site !== undefined) return site === "same-origin" || site === "none" ? "own" : "foreign"
  const { origin } = request.headers
  if (origin === undefined) return "unknown"
  return origin === publicUrl || hostOf(origin) === request.host ? "own" : "foreign"
}

/**
 * Guards a request that a cookie authenticates: browsers send cookies on behalf of any page.
 *
 * @throws Forbidden unless the browser says that one of our own pages made it
 */
export function requireOwnOrigin(request: FastifyRequest, publicUrl: string): void {
  if (SAFE_METHODS.has(request.method) || originOf(request, publicUrl) === "own") return
  throw new Forbidden("This request was not made by a page of this site")
}

/**
 * Guards a request that starts a session: another site must not sign a browser in.
 *
 * @throws Forbidden when the browser names another site; clients that are no browsers may pass
 */
export function refuseForeignOrigin(request: FastifyRequest, publicUrl: string): void {
  if (originOf(request, publicUrl) !== "foreign") return
  throw new Forbidden("This request was not made by a page of this site")
}
