import { type Static, Type } from "typebox"
import { Absent, DateTime, IdText, named, TextOrNull } from "../schema-parts.ts"

export const Visibility = Type.Unsafe<"public" | "unlisted" | "private" | "direct">({
  type: "string",
  enum: ["public", "unlisted", "private", "direct"],
})
export type Visibility = Static<typeof Visibility>

const Field = Type.Object({ name: Type.String(), value: Type.String(), verified_at: TextOrNull })

const accountProperties = {
  id: IdText,
  username: Type.String(),
  acct: Type.String(),
  url: Type.String(),
  uri: Type.String(),
  display_name: Type.String(),
  note: Type.String({ description: "HTML" }),
  avatar: Type.String(),
  avatar_static: Type.String(),
  header: Type.String(),
  header_static: Type.String(),
  locked: Type.Boolean(),
  fields: Type.Array(Field),
  emojis: Type.Array(Type.Object({})),
  bot: Type.Boolean(),
  group: Type.Boolean(),
  discoverable: Type.Boolean(),
  indexable: Type.Boolean(),
  noindex: Type.Boolean(),
  moved: Absent,
  suspended: Type.Boolean(),
  limited: Type.Boolean(),
  hide_collections: Type.Boolean(),
  created_at: DateTime,
  last_status_at: Type.Unsafe<string | null>({ type: ["string", "null"], description: "A date" }),
  statuses_count: Type.Integer(),
  followers_count: Type.Integer(),
  following_count: Type.Integer(),
  roles: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), color: Type.String() })),
}

export const Account = named("Account", Type.Object(accountProperties))
export type Account = Static<typeof Account>

export const MutedAccount = named(
  "MutedAccount",
  Type.Object({ ...accountProperties, mute_expires_at: TextOrNull }),
)
export type MutedAccount = Static<typeof MutedAccount>

const Role = Type.Object({
  id: Type.String(),
  name: Type.String(),
  color: Type.String(),
  permissions: Type.String(),
  highlighted: Type.Boolean(),
})

export const CredentialAccount = named(
  "CredentialAccount",
  Type.Object({
    ...accountProperties,
    source: Type.Object({
      note: Type.String(),
      fields: Type.Array(Field),
      privacy: Visibility,
      sensitive: Type.Boolean(),
      language: TextOrNull,
      follow_requests_count: Type.Integer(),
      hide_collections: Type.Boolean(),
      discoverable: Type.Boolean(),
      indexable: Type.Boolean(),
    }),
    role: Role,
  }),
)
export type CredentialAccount = Static<typeof CredentialAccount>

export const Relationship = named(
  "Relationship",
  Type.Object({
    id: IdText,
    following: Type.Boolean(),
    showing_reblogs: Type.Boolean(),
    notifying: Type.Boolean(),
    languages: Type.Array(Type.String()),
    followed_by: Type.Boolean(),
    blocking: Type.Boolean(),
    blocked_by: Type.Boolean(),
    muting: Type.Boolean(),
    muting_notifications: Type.Boolean(),
    muting_expires_at: TextOrNull,
    requested: Type.Boolean(),
    requested_by: Type.Boolean(),
    domain_blocking: Type.Boolean(),
    endorsed: Type.Boolean(),
    note: Type.String(),
  }),
)
export type Relationship = Static<typeof Relationship>
