import type { OutgoingHttpHeaders } from "node:http"
import { networkOf, type SharedLimiter, type Standing } from "@tintype/cache/shared-limiter"
import type { RateLimits } from "@tintype/config"
import { answerError } from "../answer.ts"
import { type Exchange, type Handler, lookAtHead, type Policy } from "../exchange.ts"
import { ACCOUNT_HEADER, Callers, tokenOf } from "../limits/callers.ts"
import { knownOf } from "../match-route.ts"
import { addressTest } from "./believe-peers.ts"

export interface RateLimiting {
  limiter: SharedLimiter
  limits: RateLimits
  /** Addresses or CIDR ranges that are not counted. */
  exempt: readonly string[]
}

export const REFUSED = { status: 429, error: "Too many requests. Please try again later." }
/** Pages of other origins may read a refusal, as they may read the api's own answers (its cors.ts). */
const FOR_ANY_ORIGIN = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After",
}

/**
 * Bounds how often a client may ask the api, over all gateways, and tells how much is left as Mastodon does. A token
 * that the api has accepted is counted with its account; everybody else by the network they are in, so that tokens
 * made up for the purpose get nobody more.
 */
export function limitRate({ limiter, limits, exempt }: RateLimiting): Policy {
  const isExempt = addressTest(exempt, "RATE_LIMIT_EXEMPT")
  const callers = new Callers()
  return (next) => (exchange) => {
    if (exchange.req.method === "OPTIONS" || isExempt(exchange.client.address)) return next(exchange)
    const token = tokenOf(exchange.req.headers)
    const wanted = limitsOf(exchange, limits, token, token && callers.accountOf(token))
    if (token) lookAtHead(exchange, (status, headers) => callers.learn(token, status, accountIn(headers)))
    const decide = (standings: readonly Standing[]) => admit(exchange, wanted, standings, next)
    const standings = limiter.take(wanted)
    return standings instanceof Promise ? standings.then(decide) : decide(standings)
  }
}

/** The buckets that a request takes a go of. */
function limitsOf(
  { req, path, client }: Exchange,
  limits: RateLimits,
  token: string | undefined,
  account: string | undefined,
) {
  const network = networkOf(client.address) ?? "here"
  const who = account === undefined ? `network:${network}` : `account:${account}`
  const special = knownOf(req.method, path)?.limit
  return [
    ...(special ? [{ key: `edge:${special}:${who}`, ...limits[special] }] : []),
    ...(token !== undefined && account !== undefined
      ? [
          { key: `edge:token:${token}`, ...limits.token },
          { key: `edge:${who}`, ...limits.account },
        ]
      : [
          {
            key: `edge:${token ? "unproven" : "anonymous"}:${network}`,
            ...limits[token ? "unproven" : "anonymous"],
          },
        ]),
  ]
}

/** The account that the api names, for the gateway alone. */
function accountIn(headers: OutgoingHttpHeaders): string | undefined {
  const account = headers[ACCOUNT_HEADER]
  delete headers[ACCOUNT_HEADER]
  return account === undefined ? undefined : String(account)
}

function admit(
  exchange: Exchange,
  limits: readonly { burst: number }[],
  standings: readonly Standing[],
  next: Handler,
): void | Promise<void> {
  if (exchange.res.destroyed) return
  const closest = closestOf(limits, standings)
  lookAtHead(exchange, (status, headers) => tell(headers, status, closest))
  const waitMs = Math.max(...standings.map((each) => each.waitMs))
  if (waitMs === 0) return next(exchange)
  return answerError(exchange, REFUSED, {
    "retry-after": String(Math.ceil(waitMs / 1000)),
    ...FOR_ANY_ORIGIN,
  })
}

interface Closest extends Standing {
  burst: number
}

/** The bucket that refuses longest, or of which the least is left. */
function closestOf(limits: readonly { burst: number }[], standings: readonly Standing[]): Closest {
  const [closest] = standings
    .map((each, index) => ({ ...each, burst: limits[index]?.burst ?? 0 }))
    .sort((a, b) => b.waitMs - a.waitMs || a.left - b.left)
  return closest ?? { burst: 0, left: 0, waitMs: 0, fullInMs: 0 }
}

/**
 * Mastodon's headers: `Reset` is when all goes are back. Where the api itself says 429, as it does to those who guess
 * passwords, its own time counts.
 */
function tell(
  headers: OutgoingHttpHeaders,
  status: number,
  { burst, left, waitMs, fullInMs }: Closest,
): void {
  const theirs = status === 429 && waitMs === 0 ? Number(headers["retry-after"]) * 1000 : Number.NaN
  const resetMs = Number.isNaN(theirs) ? fullInMs : theirs
  headers["x-ratelimit-limit"] = String(burst)
  headers["x-ratelimit-remaining"] = String(Number.isNaN(theirs) ? left : 0)
  headers["x-ratelimit-reset"] = new Date(Date.now() + resetMs).toISOString()
}
