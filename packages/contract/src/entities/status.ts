import { type Static, Type } from "typebox"
import { Absent, DateTime, IdText, named, orNull, TextOrNull } from "../schema-parts.ts"
import { Account, Visibility } from "./account.ts"

const Dimensions = Type.Object({
  width: Type.Integer(),
  height: Type.Integer(),
  size: Type.String(),
  aspect: Type.Number(),
})

const Meta = Type.Object({
  original: Type.Optional(Dimensions),
  small: Type.Optional(Dimensions),
  focus: Type.Optional(Type.Object({ x: Type.Number(), y: Type.Number() })),
})

export const MediaAttachment = named(
  "MediaAttachment",
  Type.Object({
    id: IdText,
    type: Type.Unsafe<"image" | "unknown">({ type: "string", enum: ["image", "unknown"] }),
    url: TextOrNull,
    preview_url: TextOrNull,
    remote_url: Absent,
    preview_remote_url: Absent,
    text_url: Absent,
    meta: Meta,
    description: TextOrNull,
    blurhash: TextOrNull,
  }),
)
export type MediaAttachment = Static<typeof MediaAttachment>

const Mention = Type.Object({
  id: IdText,
  username: Type.String(),
  url: Type.String(),
  acct: Type.String(),
})

const Tag = Type.Object({ name: Type.String(), url: Type.String() })

export const Status = named(
  "Status",
  Type.Object({
    id: IdText,
    uri: Type.String(),
    url: Type.String(),
    created_at: DateTime,
    edited_at: TextOrNull,
    account: Account,
    content: Type.String({ description: "HTML" }),
    text: Type.Optional(
      Type.String({ description: "The caption as it was written; in a deleted status only" }),
    ),
    visibility: Visibility,
    sensitive: Type.Boolean(),
    spoiler_text: Type.String(),
    language: TextOrNull,
    media_attachments: Type.Array(MediaAttachment),
    application: orNull(Type.Object({ name: Type.String(), website: TextOrNull })),
    mentions: Type.Array(Mention),
    tags: Type.Array(Tag),
    emojis: Type.Array(Type.Object({})),
    reblogs_count: Type.Integer(),
    favourites_count: Type.Integer(),
    replies_count: Type.Integer({
      description: "Comments on this very post, of those that are for all who see it",
    }),
    quotes_count: Type.Integer(),
    in_reply_to_id: TextOrNull,
    in_reply_to_account_id: TextOrNull,
    reblog: Absent,
    poll: Absent,
    card: Absent,
    quote: Absent,
    favourited: Type.Optional(Type.Boolean()),
    reblogged: Type.Optional(Type.Boolean()),
    muted: Type.Optional(Type.Boolean()),
    bookmarked: Type.Optional(Type.Boolean()),
    pinned: Type.Optional(Type.Boolean()),
    filtered: Type.Optional(Type.Array(Type.Object({}))),
  }),
)
export type Status = Static<typeof Status>

/** What a post said at one time. */
export const StatusEdit = named(
  "StatusEdit",
  Type.Object({
    content: Type.String({ description: "HTML" }),
    spoiler_text: Type.String(),
    sensitive: Type.Boolean(),
    created_at: DateTime,
    account: Account,
    media_attachments: Type.Array(MediaAttachment),
    emojis: Type.Array(Type.Object({})),
  }),
)
export type StatusEdit = Static<typeof StatusEdit>

/** The texts of a post as they were written. */
export const StatusSource = named(
  "StatusSource",
  Type.Object({ id: IdText, text: Type.String(), spoiler_text: Type.String() }),
)
export type StatusSource = Static<typeof StatusSource>

/** What stands around a post in a conversation. */
export const StatusContext = named(
  "Context",
  Type.Object({ ancestors: Type.Array(Status), descendants: Type.Array(Status) }),
)
export type StatusContext = Static<typeof StatusContext>
