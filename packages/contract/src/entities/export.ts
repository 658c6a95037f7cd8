import { type Static, Type } from "typebox"
import { DateTime, IdText, IntegerOrNull, named, TextOrNull } from "../schema-parts.ts"

/** An archive of everything that a member has put here. */
export const AccountExport = named(
  "AccountExport",
  Type.Object({
    id: IdText,
    state: Type.Enum(["running", "ready", "failed", "expired"]),
    progress: Type.Integer({ minimum: 0, maximum: 100, description: "Percent" }),
    created_at: DateTime,
    expires_at: TextOrNull,
    url: Type.Unsafe<string | null>({
      type: ["string", "null"],
      description: "Where it can be downloaded, while it is ready",
    }),
    bytes: IntegerOrNull,
    posts: IntegerOrNull,
    photos: IntegerOrNull,
  }),
)
export type AccountExport = Static<typeof AccountExport>
