import { ConfigError, type Env, readList } from "./env.ts"

/** So many requests at once, and one more each so often. */
export interface RateLimit {
  burst: number
  everyMs: number
}

/** Whom each bounds: docs/gateway.md. */
export type RateLimits = Readonly<Record<keyof typeof RATE_LIMITS, RateLimit>>

/** What may be asked for in which time, unless told otherwise. */
const RATE_LIMITS = {
  anonymous: "300/5m",
  unproven: "1500/5m",
  token: "300/5m",
  account: "1500/5m",
  uploads: "120/30m",
  deletes: "30/30m",
} as const

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000 } as const

function rateLimit(text: string): RateLimit {
  const [, count = "", time = "", unit] = /^(\d{1,7})\/(\d{1,4})([smh])$/.exec(text) ?? []
  const everyMs =
    unit === "s" || unit === "m" || unit === "h" ? (Number(time) * UNIT_MS[unit]) / Number(count) : 0
  if (!(everyMs >= 1 && Number.isFinite(everyMs))) {
    throw new ConfigError(
      "RATE_LIMITS must be off, or list name=count/time split by commas, such as uploads=50/30m, at most 1000 a second",
    )
  }
  return { burst: Number(count), everyMs: Math.round(everyMs) }
}

/** @throws ConfigError */
export function rateLimits(env: Env): RateLimits | undefined {
  const given = readList(env, "RATE_LIMITS", "")
  if (given[0] === "off" && given.length === 1) return undefined
  const texts: Record<string, string> = { ...RATE_LIMITS }
  for (const each of given) {
    const [name = "", text = ""] = each.split("=", 2)
    if (!Object.hasOwn(RATE_LIMITS, name)) {
      throw new ConfigError(`RATE_LIMITS knows ${Object.keys(RATE_LIMITS).join(", ")}, or off`)
    }
    texts[name] = text
  }
  const of = (name: keyof typeof RATE_LIMITS) => rateLimit(texts[name] ?? "")
  return {
    anonymous: of("anonymous"),
    unproven: of("unproven"),
    token: of("token"),
    account: of("account"),
    uploads: of("uploads"),
    deletes: of("deletes"),
  }
}
