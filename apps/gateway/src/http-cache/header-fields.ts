import type { OutgoingHttpHeaders } from "node:http"

/** End-to-end header fields by lower-case name; several values where there were several lines. */
export type Fields = Readonly<Record<string, string | string[]>>

/** A response's header fields, as they are about to be sent. */
export type Headers = Readonly<OutgoingHttpHeaders>

/** Every line of a field. */
export function linesOf(headers: Headers | Fields, name: string): readonly string[] {
  const value = headers[name]
  if (value === undefined) return []
  return Array.isArray(value) ? value : [String(value)]
}

/** A list field's lines in one; undefined where there is none. */
export function listOf(headers: Headers | Fields, name: string): string | undefined {
  const value = headers[name]
  if (value === undefined) return undefined
  return Array.isArray(value) ? value.join(", ") : String(value)
}

/** A field of which there is to be one line; undefined as well where several lines disagree. */
export function singleOf(headers: Headers | Fields, name: string): string | undefined {
  const [first, ...others] = linesOf(headers, name)
  return others.every((each) => each === first) ? first : undefined
}
