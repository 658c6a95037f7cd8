import type { TObject, TSchema } from "typebox"
import { storable } from "./storable.ts"

/** What the client libraries of the Mastodon API send for a truth value in a form. */
const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "true", "on", "yes"].map((word) => [word, true] as const),
  ...["0", "f", "false", "off", "no"].map((word) => [word, false] as const),
])

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** JSON Schema's keywords that matter here; TypeBox types each kind of schema apart. */
interface Keywords {
  type?: string | readonly string[]
  anyOf?: readonly TSchema[]
  maximum?: number
  properties?: Record<string, TSchema>
  items?: TSchema
}

const keywordsOf = (schema: TSchema): Keywords => schema

const takesNull = ({ type, anyOf }: Keywords): boolean =>
  type === "null" || (Array.isArray(type) && type.includes("null")) || anyOf !== undefined

function easeMember(keywords: Keywords, value: unknown): unknown {
  if (value === null && !takesNull(keywords)) return undefined
  if (keywords.type === "boolean" && typeof value === "string") {
    return value === "" ? undefined : (TRUTHS.get(value.toLowerCase()) ?? value)
  }
  if (keywords.properties && isRecord(value)) return easeMembers(keywords.properties, value)
  if (Array.isArray(value)) return value.map((each) => easeItem(keywords.items, each))
  return typeof value === "string" ? storable(value) : value
}

const easeItem = (items: TSchema | undefined, value: unknown): unknown =>
  value === null ? null : easeMember(items ? keywordsOf(items) : {}, value)

function easeMembers(
  properties: Record<string, TSchema>,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const eased: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(properties)) {
    if (!Object.hasOwn(given, name)) continue
    const value = easeMember(keywordsOf(schema), given[name])
    if (value !== undefined) eased[name] = value
  }
  return eased
}

/**
 * A body as forms and JSON of many clients bring it, made ready for its schema: null stands for "not given" where
 * the schema has no null, truth values come as words or digits, members that the schema does not name are gone, and
 * so is what no text can hold.
 */
export const easeForm = (schema: TObject, given: unknown): unknown =>
  isRecord(given) ? easeMembers(schema.properties, given) : given

/**
 * A query string likewise; in it nothing between `=` and `&` also stands for "not given", and a `limit` above the
 * greatest means the greatest, as Mastodon has it.
 */
export function easeQuery(schema: TObject, given: unknown): unknown {
  if (!isRecord(given)) return given
  const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""))
  const eased = easeMembers(schema.properties, filled)
  const most = schema.properties.limit && keywordsOf(schema.properties.limit).maximum
  if (most !== undefined && typeof eased.limit === "string" && /^\d{1,9}$/.test(eased.limit)) {
    eased.limit = Math.min(Number(eased.limit), most)
  }
  return eased
}
