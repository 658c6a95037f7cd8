/** The name of a header as it came, and in lower case. */
export interface HeaderName {
  readonly raw: string
  readonly key: string
}

/** Clients say the same few each time: to put them into lower case, and to hash them, again and again took a tenth. */
const known = new Map<string, HeaderName>()
const MOST_KNOWN = 500
const MOST_CHARACTERS = 100

/** @param name one character a byte */
export function headerName(name: string): HeaderName {
  const before = known.get(name)
  if (before) return before
  if (known.size >= MOST_KNOWN || name.length > MOST_CHARACTERS) return { raw: name, key: name.toLowerCase() }
  // A copy: as a part of what a client sent it would keep all of that in memory.
  const raw = Buffer.from(name, "latin1").toString("latin1")
  const made = { raw, key: raw.toLowerCase() }
  known.set(raw, made)
  return made
}
