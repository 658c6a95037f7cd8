export type JsonObject = Record<string, unknown>

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** OpenAPI allows fewer characters in a component's name than a title may have. */
const componentName = (title: string): string => title.replace(/[^A-Za-z0-9._-]+/g, ".")

/** Gathers schemas with a title under their names, so that each is written once and referred to elsewhere. */
export class NamedSchemas {
  readonly schemas: Record<string, unknown> = {}

  /** The schema, or a reference to it when it has a title. */
  refer(schema: object): JsonObject {
    const { title, ...rest }: JsonObject = { ...schema }
    if (typeof title !== "string") return this.#walk(rest)
    const name = componentName(title)
    if (!(name in this.schemas)) {
      this.schemas[name] = {}
      this.schemas[name] = { title, ...this.#walk(rest) }
    }
    return { $ref: `#/components/schemas/${name}` }
  }

  #walk(schema: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, this.#inner(key, value)]))
  }

  #inner(key: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => (isObject(each) ? this.refer(each) : each))
    if (!isObject(value)) return value
    if (key !== "properties" && key !== "patternProperties") return this.refer(value)
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, isObject(each) ? this.refer(each) : each]),
    )
  }
}
