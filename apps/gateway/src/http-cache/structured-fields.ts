/** What a member of a dictionary can be here; other types are kept apart from these three. */
export type BareItem = number | string | boolean | { readonly type: "other" }

const OTHER = { type: "other" } as const
const KEY = /[a-z*][a-z0-9_\-.*]*/y
const NUMBER = /-?(?:\d{1,12}\.\d{1,3}|\d{1,15})(?![\d.])/y
const STRING = /"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/y
const TOKEN = /[A-Za-z*][\w!#$%&'*+\-.^`|~:/]*/y
const BYTES = /:[A-Za-z0-9+/=]*:/y
const BOOLEAN = /\?[01]/y
const DATE = /@-?\d{1,15}(?![\d.])/y
const SPACES = / */y
const COMMA = /[ \t]*,[ \t]*/y

/** Where reading has come to, and what could not be read. */
class Cursor {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get done(): boolean {
    return this.#at >= this.#text.length
  }

  /** What matches here, passed over. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (!match) return undefined
    this.#at += match[0].length
    return match[0]
  }

  takeCharacter(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }
}

/**
 * Reads a dictionary of structured fields (RFC 9651 §4.2.2); parameters are read and left out.
 *
 * @returns its members by key; undefined when the field breaks the grammar
 */
export function readDictionary(text: string): ReadonlyMap<string, BareItem> | undefined {
  const cursor = new Cursor(text.trim())
  const members = new Map<string, BareItem>()
  while (!cursor.done) {
    const key = cursor.take(KEY)
    if (key === undefined) return undefined
    const value = cursor.takeCharacter("=") ? readMember(cursor) : true
    if (value === undefined || !readParameters(cursor)) return undefined
    members.set(key, value)
    if (cursor.done) break
    // A comma that nothing follows breaks the grammar.
    if (cursor.take(COMMA) === undefined || cursor.done) return undefined
  }
  return members
}

function readMember(cursor: Cursor): BareItem | undefined {
  return cursor.takeCharacter("(") ? readInnerList(cursor) : readBareItem(cursor)
}

function readInnerList(cursor: Cursor): BareItem | undefined {
  cursor.take(SPACES)
  while (!cursor.takeCharacter(")")) {
    if (readBareItem(cursor) === undefined || !readParameters(cursor)) return undefined
    if (cursor.take(SPACES) === undefined) return undefined
  }
  return OTHER
}

function readBareItem(cursor: Cursor): BareItem | undefined {
  const number = cursor.take(NUMBER)
  if (number !== undefined) return number.includes(".") ? OTHER : Number(number)
  const string = cursor.take(STRING)
  if (string !== undefined) return string.slice(1, -1).replace(/\\(.)/g, "$1")
  const boolean = cursor.take(BOOLEAN)
  if (boolean !== undefined) return boolean === "?1"
  const other = cursor.take(TOKEN) ?? cursor.take(BYTES) ?? cursor.take(DATE)
  return other === undefined ? undefined : OTHER
}

function readParameters(cursor: Cursor): boolean {
  while (cursor.takeCharacter(";")) {
    cursor.take(SPACES)
    if (cursor.take(KEY) === undefined) return false
    if (cursor.takeCharacter("=") && readBareItem(cursor) === undefined) return false
  }
  return true
}
