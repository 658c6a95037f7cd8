/** What a directive that takes seconds says when what it says is no number of them: stale at once. */
const INVALID = "invalid"
/** The greatest number of seconds told apart from more (RFC 9111 §1.2.2). */
const MOST_SECONDS = 2_147_483_648

/** Directives by lower-case name; without an argument the empty string. */
export type Directives = ReadonlyMap<string, string>

const NONE: Directives = new Map()
/** What a header that cannot be read is taken to say. */
const UNREADABLE: Directives = new Map([["no-store", ""]])

/** Headers that were read before: there are few different ones, and every answer has one. */
const known = new Map<string, Directives>()
const MOST_KNOWN = 200
const MOST_KNOWN_CHARACTERS = 200

/** What a `Cache-Control` header says: see `parse`. */
export function readDirectives(header: string | undefined): Directives {
  if (!header) return NONE
  const before = known.get(header)
  if (before) return before
  const directives = parse(header)
  if (header.length > MOST_KNOWN_CHARACTERS) return directives
  // Emptied rather than sorted by use: to read them again costs a few µs.
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(header, directives)
  return directives
}

/**
 * Reads a `Cache-Control` header (RFC 9111 §5.2). Arguments may be quoted; a comma or a directive's name within
 * quotes means nothing. Of a directive given twice with different arguments neither counts, so that what is to be
 * stored for so long is stale; several lists of field names add up; a name without its list wins over one with it.
 */
function parse(header: string): Directives {
  const found = new Map<string, string>()
  for (let at = 0; at < header.length; ) {
    const end = endOfMember(header, at)
    if (end === undefined) return UNREADABLE
    addMember(found, header.slice(at, end))
    at = end + 1
  }
  return found
}

/** Where the next comma outside quotes stands; undefined when a quote is not closed. */
function endOfMember(header: string, from: number): number | undefined {
  let quoted = false
  for (let at = from; at < header.length; at++) {
    const character = header[at]
    if (quoted && character === "\\") at++
    else if (character === '"') quoted = !quoted
    else if (character === "," && !quoted) return at
  }
  return quoted ? undefined : header.length
}

function addMember(found: Map<string, string>, member: string): void {
  const mark = member.indexOf("=")
  const name = (mark === -1 ? member : member.slice(0, mark)).trim().toLowerCase()
  if (name === "") return
  const argument = mark === -1 ? "" : argumentOf(member, mark)
  const earlier = found.get(name)
  if (earlier === undefined || earlier === argument) found.set(name, argument)
  else if (name !== "private" && name !== "no-cache") found.set(name, INVALID)
  else found.set(name, earlier === "" || argument === "" ? "" : `${earlier}, ${argument}`)
}

function argumentOf(member: string, mark: number): string {
  // No space may stand beside the sign.
  if (/\s/.test(member[mark - 1] ?? "") || /\s/.test(member[mark + 1] ?? "")) return INVALID
  const text = member.slice(mark + 1).trim()
  if (!text.startsWith('"')) return text
  return text.endsWith('"') && text.length > 1 ? text.slice(1, -1).replace(/\\(.)/g, "$1") : INVALID
}

/**
 * A directive's seconds.
 *
 * @returns undefined where the directive is absent; 0 where it says no whole number, as RFC 9111 §4.2.1 advises
 */
export function secondsOf(directives: Directives, name: string): number | undefined {
  const text = directives.get(name)
  if (text === undefined) return undefined
  return /^\d+$/.test(text) ? Math.min(Number(text), MOST_SECONDS) : 0
}

/** The field names that a qualified `private` or `no-cache` lists; none where it is absent or without a list. */
export function fieldsOf(directives: Directives, name: string): readonly string[] {
  const text = directives.get(name)
  if (!text) return []
  return text
    .split(",")
    .map((each) => each.trim().toLowerCase())
    .filter(Boolean)
}
