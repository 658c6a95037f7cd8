import { type Static, Type } from "typebox"
import { IdText, named, orNull, TextOrNull } from "../schema-parts.ts"

const WarmState = Type.Enum(["cold", "void", "warm"])

/** A member's warm home timeline next to the database. */
export const HomeReport = named(
  "HomeReport",
  Type.Object({
    state: WarmState,
    entries: Type.Integer({ description: "Of the warm list" }),
    missing: Type.Array(IdText, { description: "Told of, and not there: a fault" }),
    untold: Type.Array(IdText, { description: "Still to be told of" }),
    stray: Type.Array(IdText, { description: "Gone or not meant for it: left out of every page" }),
  }),
)
export type HomeReport = Static<typeof HomeReport>

/** Why a post is, or is not, on a member's home timeline. */
export const HomeExplanation = named(
  "HomeExplanation",
  Type.Object({
    shown: Type.Boolean({ description: "Whether it belongs there" }),
    because: Type.String({ description: "The name of the check that decides it" }),
    checks: Type.Array(
      Type.Object({
        name: Type.Enum([
          "there",
          "in-feeds",
          "own",
          "blocked",
          "followed",
          "home",
          "muted",
          "visible",
          "warm-list",
          "told",
        ]),
        state: Type.Enum(["for", "against", "neutral"]),
        words: Type.String(),
      }),
    ),
    post_id: IdText,
    account: Type.String({ description: "The member's name" }),
    author: TextOrNull,
    visibility: TextOrNull,
    warm_list: WarmState,
    in_warm_list: orNull(Type.Boolean()),
    untold: Type.Boolean(),
  }),
)
export type HomeExplanation = Static<typeof HomeExplanation>
