import { type Static, Type } from "typebox"
import { named, orNull, TextOrNull } from "../schema-parts.ts"
import { Account } from "./account.ts"

const Rule = Type.Object({ id: Type.String(), text: Type.String(), hint: Type.String() })

const mediaLimits = {
  supported_mime_types: Type.Array(Type.String()),
  description_limit: Type.Integer(),
  image_size_limit: Type.Integer(),
  image_matrix_limit: Type.Integer(),
  video_size_limit: Type.Integer(),
  video_frame_rate_limit: Type.Integer(),
  video_matrix_limit: Type.Integer(),
}

const sharedConfiguration = {
  accounts: Type.Object({
    max_featured_tags: Type.Integer(),
    max_pinned_statuses: Type.Integer(),
    max_profile_fields: Type.Integer(),
    profile_field_name_limit: Type.Integer(),
    profile_field_value_limit: Type.Integer(),
  }),
  statuses: Type.Object({
    max_characters: Type.Integer(),
    max_media_attachments: Type.Integer(),
    characters_reserved_per_url: Type.Integer(),
  }),
  media_attachments: Type.Object(mediaLimits),
  polls: Type.Object({
    max_options: Type.Integer(),
    max_characters_per_option: Type.Integer(),
    min_expiration: Type.Integer(),
    max_expiration: Type.Integer(),
  }),
}

export const InstanceV2 = named(
  "Instance",
  Type.Object({
    domain: Type.String(),
    title: Type.String(),
    version: Type.String(),
    source_url: Type.String(),
    description: Type.String(),
    usage: Type.Object({ users: Type.Object({ active_month: Type.Integer() }) }),
    thumbnail: Type.Object({
      url: Type.String(),
      blurhash: TextOrNull,
      versions: Type.Object({}),
      description: TextOrNull,
    }),
    icon: Type.Array(Type.Object({ src: Type.String(), size: Type.String() })),
    languages: Type.Array(Type.String()),
    configuration: Type.Object({
      urls: Type.Object({
        streaming: Type.String(),
        status: TextOrNull,
        about: TextOrNull,
        privacy_policy: TextOrNull,
        terms_of_service: TextOrNull,
      }),
      vapid: Type.Object({ public_key: Type.String() }),
      ...sharedConfiguration,
      translation: Type.Object({ enabled: Type.Boolean() }),
      limited_federation: Type.Boolean(),
    }),
    registrations: Type.Object({
      enabled: Type.Boolean(),
      approval_required: Type.Boolean(),
      reason_required: Type.Boolean(),
      message: TextOrNull,
      min_age: Type.Null(),
      url: TextOrNull,
    }),
    api_versions: Type.Object({ mastodon: Type.Integer() }),
    contact: Type.Object({ email: Type.String(), account: orNull(Account) }),
    rules: Type.Array(Rule),
  }),
)
export type InstanceV2 = Static<typeof InstanceV2>

export const InstanceV1 = named(
  "V1::Instance",
  Type.Object({
    uri: Type.String(),
    title: Type.String(),
    short_description: Type.String(),
    description: Type.String(),
    email: Type.String(),
    version: Type.String(),
    urls: Type.Object({ streaming_api: Type.String() }),
    stats: Type.Object({
      user_count: Type.Integer(),
      status_count: Type.Integer(),
      domain_count: Type.Integer(),
    }),
    thumbnail: TextOrNull,
    languages: Type.Array(Type.String()),
    registrations: Type.Boolean(),
    approval_required: Type.Boolean(),
    invites_enabled: Type.Boolean(),
    configuration: Type.Object(sharedConfiguration),
    contact_account: orNull(Account),
    rules: Type.Array(Rule),
  }),
)
export type InstanceV1 = Static<typeof InstanceV1>
