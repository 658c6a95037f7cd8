/** What a request accepts, by lower-case name, and how much it likes it: from 0, not at all, to 1. */
export type Accepted = ReadonlyMap<string, number>

/** Reads `Accept` or `Accept-Encoding` (RFC 9110 §12.5); of a weight that is no number nothing good is made. */
export function readAccepted(header: string): Accepted {
  const accepted = new Map<string, number>()
  for (const item of header.toLowerCase().split(",")) {
    const [name = "", ...parameters] = item.split(";").map((each) => each.trim())
    const weight = parameters.find((each) => each.startsWith("q="))
    accepted.set(name, weight ? Number(weight.slice(2)) : 1)
  }
  return accepted
}
