import { refuse } from "../answer.ts"
import type { Policy, Refusal } from "../exchange.ts"

const MAX_TARGET_LENGTH = 8192

/** What RFC 3986 lets stand in a path, and the few more that browsers send unencoded. */
const PATH = /^\/[\w\-.~!$&'()*+,;=:@%/|^{}[\]"<>`]*$/
/** What nearly all paths are, and nothing below can be wrong with: segments that begin with a letter, say. */
const ORDINARY = /^(?:\/[\w\-~@][\w\-.~@:]*)+$/
const QUERY = /^[\x21\x22\x24-\x7e]*$/
const BAD_ESCAPE = /%(?![0-9a-f]{2})/i
/** Encoded control characters, slashes and backslashes: what two servers would split differently. */
const TRAP_ESCAPE = /%(?:[01][0-9a-f]|7f|2f|5c)/i
/** An empty, `.` or `..` segment, its dots encoded or not. */
const ODD_SEGMENT = /\/(?:\/|(?:\.|%2e){1,2}(?:\/|$))/i

export interface Target {
  path: string
  search: string
}

/**
 * Splits a request target into path and query, and refuses every one that two servers could read as two
 * different resources. The path goes on exactly as it came: nothing is decoded or normalised on the way.
 *
 * @param host the request's Host header; a target in absolute form must agree with it (RFC 9112 §3.2.2)
 */
export function readTarget(target: string, host: string): Target | Refusal {
  if (target.length > MAX_TARGET_LENGTH) return { status: 414, error: "The URL is too long" }
  const origin = target.startsWith("/") ? null : /^https?:\/\/([^/?#]*)/i.exec(target)
  if (origin && origin[1]?.toLowerCase() !== host.toLowerCase()) {
    return { status: 400, error: "The URL and the Host header name different hosts" }
  }
  const local = origin ? target.slice(origin[0].length) : target
  const mark = local.indexOf("?")
  const path = mark === -1 ? local : local.slice(0, mark)
  const search = mark === -1 ? "" : local.slice(mark)
  const fault = faultOf(path, search)
  return fault ? { status: 400, error: fault } : { path, search }
}

function faultOf(path: string, search: string): string | undefined {
  return (ORDINARY.test(path) ? undefined : faultOfPath(path)) ?? faultOfQuery(search)
}

function faultOfPath(path: string): string | undefined {
  if (!path.startsWith("/")) return "The request target must be a path"
  if (!PATH.test(path)) return "The path holds a character that must be percent-encoded"
  if (BAD_ESCAPE.test(path)) return "The path holds a broken percent-encoding"
  if (TRAP_ESCAPE.test(path)) return "The path holds an encoded slash or control character"
  if (ODD_SEGMENT.test(path)) return "The path holds an empty or dot segment"
  return undefined
}

const faultOfQuery = (search: string) =>
  QUERY.test(search) ? undefined : "The query holds a character that must be percent-encoded"

/** Lets through requests whose target means one thing only, and notes path and query. */
export const checkTarget: Policy = (next) => (exchange) => {
  const target = readTarget(exchange.req.url ?? "", exchange.req.headers.host ?? "")
  if ("error" in target) return refuse(exchange, target)
  exchange.path = target.path
  exchange.search = target.search
  return next(exchange)
}
