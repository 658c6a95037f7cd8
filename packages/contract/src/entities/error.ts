import { type Static, Type } from "typebox"
import { named } from "../schema-parts.ts"

/** Every refusal, of every route. */
export const ErrorBody = named(
  "Error",
  Type.Object({
    error: Type.String(),
    error_description: Type.Optional(Type.String()),
    details: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Array(Type.Object({ error: Type.String(), description: Type.String() })),
      ),
    ),
  }),
)
export type ErrorBody = Static<typeof ErrorBody>
