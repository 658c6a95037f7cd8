/** As much of JSON Schema as words from outside are declared with. */
interface Schema {
  type?: unknown
  properties?: Readonly<Record<string, unknown>>
  required?: readonly string[]
}

const schemaOf = (value: unknown): Schema => (typeof value === "object" && value !== null ? value : {})

const EXAMPLES: Readonly<Record<string, unknown>> = {
  string: "",
  boolean: true,
  integer: 0,
  number: 0,
  array: [],
  object: {},
}

function exampleValue(schema: unknown): unknown {
  const { type, properties, required = [] } = schemaOf(schema)
  if (type !== "object" || !properties) return EXAMPLES[String(type)] ?? null
  return Object.fromEntries(required.map((name) => [name, exampleValue(properties[name])]))
}

/** JSON that has the schema's form, to be filled in; `null` where nothing is known. */
export const exampleOf = (schema: unknown): string => JSON.stringify(exampleValue(schema))

/** What fits the schema, in words that follow others: `: {by: string, why?: string}`. */
export function shapeOf(schema: unknown): string {
  const { type, properties } = schemaOf(schema)
  return type === undefined && properties === undefined ? "" : `: ${named(schema)}`
}

function named(schema: unknown): string {
  const { type, properties, required = [] } = schemaOf(schema)
  if (!properties) return typeof type === "string" ? type : "anything"
  const parts = Object.entries(properties).map(
    ([name, each]) => `${name}${required.includes(name) ? "" : "?"}: ${named(each)}`,
  )
  return `{${parts.join(", ")}}`
}
