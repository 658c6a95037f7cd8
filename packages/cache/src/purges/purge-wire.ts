/** What was purged: the names that responses bear in `Surrogate-Key`. */
export interface Purge {
  keys: readonly string[]
  /** Stale at once, but good while another one is fetched; otherwise gone. */
  soft: boolean
}

/** Where purges are published. */
export const channelOf = (prefix: string): string => `${prefix}purges`

const KEY = /^[^\s,]{1,200}$/

/** @throws RangeError for a key that could not stand in a header */
export function writePurge({ keys, soft }: Purge): string {
  const odd = keys.find((key) => !KEY.test(key))
  if (odd !== undefined) throw new RangeError("a surrogate key holds a space or a comma, or is too long")
  return `${soft ? "soft" : "hard"} ${keys.join(" ")}`
}

/** @returns undefined for what is no purge */
export function readPurge(message: string): Purge | undefined {
  const [kind, ...keys] = message.split(" ")
  if ((kind !== "soft" && kind !== "hard") || keys.length === 0) return undefined
  return { soft: kind === "soft", keys }
}
