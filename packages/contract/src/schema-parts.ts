import { type Static, type TSchema, Type } from "typebox"

/** A decimal 64-bit id. Clients get and send it as a string: it does not fit a JSON number. */
export const IdText = Type.String({ pattern: "^[1-9][0-9]{0,18}$", description: "64-bit id in decimal" })

export const DateTime = Type.String({ description: "ISO 8601 with milliseconds, UTC" })

/** Text or null. One schema with two types, not a union: the serialiser is faster with it. */
export const TextOrNull = Type.Unsafe<string | null>({ type: ["string", "null"] })

export const IntegerOrNull = Type.Unsafe<number | null>({ type: ["integer", "null"] })

/** What this server does not have yet, but clients expect to find. */
export const Absent = Type.Null()

export const orNull = <T extends TSchema>(schema: T) =>
  Type.Unsafe<Static<T> | null>(Type.Union([schema, Type.Null()]))

/** An object schema that OpenAPI shows by name. */
export const named = <T extends TSchema>(title: string, schema: T): T => ({ ...schema, title })
