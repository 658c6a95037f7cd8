import { LineBatch, type Logger, traceIdOf } from "@tintype/observe"
import type { Conclusion, Exchange } from "../exchange.ts"
import type { Witness } from "./conclude.ts"

/** Longer values are cut: what a client sends must not fill the log. */
const MOST_CHARACTERS = 512
/** The logger's number for it. */
const INFO = 30

export interface AccessLog {
  log: Logger
  /** The share of the requests that get a line, from 0 to 1; those that failed on the server always do. */
  share: number
}

/**
 * Writes a line for every request that is over. The query is left out and so is the signature of a photo's URL: both
 * can carry what opens a door. Lines are put together here and written several at a time: made and written one by one
 * by the logger they cost as much as an answer from the cache.
 */
export function logAccess({ log, share }: AccessLog): Witness {
  if (!log.isLevelEnabled("info")) return () => {}
  const lines = new LineBatch()
  // The logger tells its bindings without the pid.
  const bindings = JSON.stringify({ ...log.bindings(), pid: process.pid }).slice(1, -1)
  return (exchange, conclusion) => {
    if (share < 1 && conclusion.status < 500 && Math.random() >= share) return
    const fields = fieldsOf(exchange, conclusion)
    lines.add(`{"level":${INFO},"time":"${timestamp(Date.now())}",${bindings}${fields},"msg":"request"}\n`)
  }
}

/** What is told of an exchange, as members of a JSON object, each with a comma before it. */
export function fieldsOf(exchange: Exchange, { status, seconds, bytesOut }: Conclusion): string {
  const { req, client, trail, traceparent } = exchange
  const { replica, replicaMs, attempts, cache } = trail
  // What the gateway itself has checked or chosen stands in JSON as it is.
  return (
    `,"requestId":"${exchange.requestId}"` +
    (traceparent === undefined ? "" : `,"traceId":"${traceIdOf(traceparent)}"`) +
    field("client", client.address || req.socket.remoteAddress) +
    `,"protocol":"HTTP/${req.httpVersion}","scheme":"${client.protocol}"` +
    field("host", client.host) +
    field("method", req.method) +
    field("path", loggedPath(exchange.path || (req.url ?? ""))) +
    `,"route":"${trail.route}","status":${status},"ms":${tenths(seconds * 1000)}` +
    `,"bytesIn":${trail.bytesIn},"bytes":${bytesOut}` +
    (replica === undefined ? "" : `,"replica":"${replica}"`) +
    (replicaMs === undefined ? "" : `,"replicaMs":${tenths(replicaMs)}`) +
    (attempts === 0 ? "" : `,"attempts":${attempts}`) +
    (cache === undefined ? "" : `,"cache":"${cache}"`) +
    field("refusal", trail.refusal) +
    field("agent", req.headers["user-agent"])
  )
}

/** To a tenth, as JSON has it; put together from whole numbers, which are written several times faster. */
function tenths(value: number): string {
  const all = Math.round(value * 10)
  const rest = all % 10
  return rest === 0 ? `${all / 10}` : `${(all - rest) / 10}.${rest}`
}

/** What stands in JSON as it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

/** One member of an object, with a comma before it; nothing where there is no value. */
function field(name: string, value: string | undefined): string {
  if (value === undefined) return ""
  const cut = value.length > MOST_CHARACTERS ? value.slice(0, MOST_CHARACTERS) : value
  return PLAIN.test(cut) ? `,"${name}":"${cut}"` : `,"${name}":${JSON.stringify(cut)}`
}

let second = 0
let secondsText = ""

/** ISO 8601; to write the date anew is half of what the rest of a line costs. */
function timestamp(now: number): string {
  const ms = now % 1000
  if (now - ms !== second) {
    second = now - ms
    secondsText = new Date(second).toISOString().slice(0, -4)
  }
  return `${secondsText}${String(ms).padStart(3, "0")}Z`
}

const MEDIA = "/media/"

/** The path as it is logged: without its query, and without the signature of a photo. */
export function loggedPath(path: string): string {
  const end = path.search(/[?#]/)
  const bare = end === -1 ? path : path.slice(0, end)
  const from = bare.startsWith(MEDIA) ? bare.indexOf("/", MEDIA.length) + 1 : 0
  if (from === 0) return bare
  const to = bare.indexOf("/", from)
  return `${bare.slice(0, from)}-${to === -1 ? "" : bare.slice(to)}`
}
