/*
 * What no header may hold that the gateway writes, one character a byte: it would end the line early, or be another
 * byte on the wire, a line break even.
 */
export const ODD_VALUE = /[^\t\x20-\x7e\x80-\xff]/
const ODD_NAME = /[^!#$%&'*+\-.^_`|~\w]/

/** Beginnings of lines by name: the same few are written each time. */
const known = new Map<string, string>()
const MOST_KNOWN = 500
const MOST_CHARACTERS = 100

/**
 * What stands before a header's value, the end of the line before it included.
 *
 * @returns undefined for a name that must not be written
 */
export function beginLine(name: string): string | undefined {
  const before = known.get(name)
  if (before !== undefined) return before
  if (name === "" || ODD_NAME.test(name)) return undefined
  // A copy: as a part of what a client sent it would keep all of that in memory.
  const line = Buffer.from(`\r\n${name}: `, "latin1").toString("latin1")
  if (known.size < MOST_KNOWN && name.length <= MOST_CHARACTERS) known.set(line.slice(2, -2), line)
  return line
}
