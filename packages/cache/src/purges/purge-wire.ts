import { type Script, script } from "../scripts.ts"

/** What was purged: the names that responses bear in `Surrogate-Key`. */
export interface Purge {
  keys: readonly string[]
  /** Stale at once, but good while another one is fetched; otherwise gone. */
  soft: boolean
}

/** A purge and its place among all of them. */
export interface NumberedPurge extends Purge {
  number: number
}

/** Where purges are published, and what counts them. */
export const channelOf = (prefix: string): string => `${prefix}purges`
export const counterOf = (prefix: string): string => `${prefix}purges:count`

/**
 * Numbers a purge and publishes it, as one step: who misses one sees it by the number of the next.
 * KEYS[1] the counter; ARGV[1] the channel, ARGV[2] the purge.
 */
export const PUBLISH: Script = script(`
local number = redis.call('INCR', KEYS[1])
return redis.call('PUBLISH', ARGV[1], number .. ' ' .. ARGV[2])
`)

const KEY = /^[^\s,]{1,200}$/

/** @throws RangeError for a key that could not stand in a header */
export function writePurge({ keys, soft }: Purge): string {
  const odd = keys.find((key) => !KEY.test(key))
  if (odd !== undefined) throw new RangeError("a surrogate key holds a space or a comma, or is too long")
  return `${soft ? "soft" : "hard"} ${keys.join(" ")}`
}

/** @returns undefined for what is no purge */
export function readPurge(message: string): NumberedPurge | undefined {
  const [number = "", kind, ...keys] = message.split(" ")
  if (!/^\d{1,16}$/.test(number) || (kind !== "soft" && kind !== "hard") || keys.length === 0)
    return undefined
  return { number: Number(number), soft: kind === "soft", keys }
}
