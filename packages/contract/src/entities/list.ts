import { type Static, Type } from "typebox"
import { IdText, named } from "../schema-parts.ts"

export const RepliesPolicy = Type.Enum(["followed", "list", "none"])

/** Some of the accounts that the member follows, under a title. */
export const List = named(
  "List",
  Type.Object({
    id: IdText,
    title: Type.String(),
    replies_policy: RepliesPolicy,
    exclusive: Type.Boolean({ description: "Its members' posts are not on the home timeline" }),
  }),
)
export type List = Static<typeof List>
