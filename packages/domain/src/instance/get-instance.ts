import type { Account, InstanceV1, InstanceV2 } from "@tintype/contract"
import { LIMITS, PHOTO_TYPES } from "@tintype/contract/limits"
import type { AccountId } from "@tintype/db"
import { accountCard, presentAccount } from "../accounts/index.ts"
import { readCard } from "../cards.ts"
import type { Context, Settings } from "../context.ts"
import { readFacts } from "./instance-facts.ts"

/** Of this software. */
export const VERSION = "0.1.0"

/** Clients read a Mastodon version at the start and decide by it what they may ask for. */
const COMPATIBLE_VERSION = `4.3.0 (compatible; Tintype ${VERSION})`
/** What Mastodon 4.3 calls its API. */
const API_VERSION = 2

/** What an instance allows, in both forms of the entity. Zero where there is nothing of the kind. */
const configuration = ({ uploadMaxBytes }: Settings) => ({
  accounts: {
    max_featured_tags: 0,
    max_pinned_statuses: 0,
    max_profile_fields: 0,
    profile_field_name_limit: 255,
    profile_field_value_limit: 255,
  },
  statuses: {
    max_characters: LIMITS.captionCharacters,
    max_media_attachments: LIMITS.photosPerPost,
    characters_reserved_per_url: 23,
  },
  media_attachments: {
    supported_mime_types: [...PHOTO_TYPES],
    description_limit: LIMITS.descriptionCharacters,
    image_size_limit: uploadMaxBytes,
    image_matrix_limit: LIMITS.imagePixels,
    video_size_limit: 0,
    video_frame_rate_limit: 0,
    video_matrix_limit: 0,
  },
  polls: { max_options: 0, max_characters_per_option: 0, min_expiration: 0, max_expiration: 0 },
})

const streamingUrl = ({ publicUrl }: Settings) => publicUrl.replace(/^http/, "ws")

async function contactOf(ctx: Context, adminId: AccountId | null): Promise<Account | null> {
  const card = adminId && (await readCard(ctx, accountCard.key(adminId)))
  return card ? presentAccount(ctx.settings, card) : null
}

/** What this server is and allows. */
export async function getInstance(ctx: Context): Promise<InstanceV2> {
  const { settings } = ctx
  const facts = await readFacts(ctx)
  return {
    domain: new URL(settings.publicUrl).host,
    title: settings.title,
    version: COMPATIBLE_VERSION,
    source_url: settings.sourceUrl ?? settings.publicUrl,
    description: settings.description,
    usage: { users: { active_month: facts.activeThisMonth } },
    thumbnail: {
      url: `${settings.publicUrl}/images/thumbnail.png`,
      blurhash: null,
      versions: {},
      description: null,
    },
    icon: [],
    languages: ["en"],
    configuration: {
      urls: {
        streaming: streamingUrl(settings),
        status: null,
        about: null,
        privacy_policy: null,
        terms_of_service: null,
      },
      vapid: { public_key: "" },
      ...configuration(settings),
      translation: { enabled: false },
      limited_federation: true,
    },
    registrations: {
      enabled: settings.registrationsOpen,
      approval_required: false,
      reason_required: false,
      message: null,
      min_age: null,
      url: null,
    },
    api_versions: { mastodon: API_VERSION },
    contact: { email: settings.contactEmail, account: await contactOf(ctx, facts.adminId) },
    rules: [],
  }
}

/** The same in the form that clients knew before. */
export async function getInstanceV1(ctx: Context): Promise<InstanceV1> {
  const { settings } = ctx
  const facts = await readFacts(ctx)
  return {
    uri: new URL(settings.publicUrl).host,
    title: settings.title,
    short_description: settings.description,
    description: settings.description,
    email: settings.contactEmail,
    version: COMPATIBLE_VERSION,
    urls: { streaming_api: streamingUrl(settings) },
    stats: { user_count: facts.members, status_count: facts.posts, domain_count: 0 },
    thumbnail: `${settings.publicUrl}/images/thumbnail.png`,
    languages: ["en"],
    registrations: settings.registrationsOpen,
    approval_required: false,
    invites_enabled: false,
    configuration: configuration(settings),
    contact_account: await contactOf(ctx, facts.adminId),
    rules: [],
  }
}
