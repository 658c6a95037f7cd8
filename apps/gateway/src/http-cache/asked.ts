import type { Exchange } from "../exchange.ts"
import { REPLICA_HEADER } from "../policies/choose-replica.ts"
import { type Directives, readDirectives } from "./directives.ts"

const PRAGMA_NO_CACHE: Directives = new Map([["no-cache", ""]])

const FOR_ORIGIN = ["if-match", "if-unmodified-since", REPLICA_HEADER]

/** What a GET or HEAD request wants of a cache. */
export interface Asked {
  key: string
  /** Of its `Cache-Control`, or of `Pragma` where that is missing. */
  directives: Directives
  cookie: boolean
  /** Whether it says who asks, by token or by cookie. */
  credentials: boolean
  /** Whether only the origin may answer: it holds a condition on its state, or names the replica to ask. */
  forOrigin: boolean
}

/** Reads an exchange's request. */
export function readAsked(exchange: Exchange): Asked {
  const { headers } = exchange.req
  const cookie = headers.cookie !== undefined
  return {
    key: keyOf(exchange),
    directives: requestDirectives(headers["cache-control"], headers.pragma),
    cookie,
    credentials: cookie || headers.authorization !== undefined,
    forOrigin: FOR_ORIGIN.some((name) => headers[name] !== undefined),
  }
}

/**
 * The primary cache key: scheme, host and target exactly as the origin gets them. Nothing is decoded, normalised or
 * left out, so that no two requests share it which the origin could tell apart by them.
 */
export function keyOf({ client, req, path, search }: Exchange): string {
  const host = req.headers.host ?? ""
  const named = host === client.host ? host : `${client.host}@${host}`
  return `${client.protocol}://${named}${path}${search}`
}

function requestDirectives(cacheControl: string | undefined, pragma: string | undefined): Directives {
  if (cacheControl === undefined && pragma?.toLowerCase().includes("no-cache")) return PRAGMA_NO_CACHE
  return readDirectives(cacheControl)
}
