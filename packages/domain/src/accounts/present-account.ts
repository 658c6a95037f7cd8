import type { Account, CredentialAccount } from "@tintype/contract"
import { PREVIEW_WIDTH } from "@tintype/contract/limits"
import type { AccountId, Portrait } from "@tintype/db"
import { signPath } from "@tintype/media/signed-path"
import { captionHtml } from "../caption-html.ts"
import type { Settings } from "../context.ts"
import type { AccountCard } from "./account-card.ts"

const NOBODY: ReadonlySet<string> = new Set()
const ADMIN_ROLE = { id: "1", name: "Admin", color: "" }

export const profileUrl = (settings: Settings, username: string) => `${settings.publicUrl}/@${username}`

function portraitUrl(
  settings: Settings,
  ownerId: AccountId,
  portrait: Portrait | null,
  missing: string,
): string {
  if (!portrait) return `${settings.publicUrl}/images/${missing}`
  const directory = `${ownerId}/${portrait.mediaId}/${portrait.attempt}`
  const path = signPath(settings.signingSecret, directory, "public")
  return `${settings.publicUrl}${path}/${Math.min(portrait.width, PREVIEW_WIDTH)}.jpg`
}

/** The account as every client sees it. */
export function presentAccount(settings: Settings, card: AccountCard): Account {
  const url = profileUrl(settings, card.username)
  const avatar = portraitUrl(settings, card.id, card.avatar, "missing-avatar.png")
  const header = portraitUrl(settings, card.id, card.header, "missing-header.png")
  return {
    id: card.id,
    username: card.username,
    acct: card.username,
    url,
    uri: url,
    display_name: card.displayName,
    note: captionHtml(card.note, settings.publicUrl, NOBODY),
    avatar,
    avatar_static: avatar,
    header,
    header_static: header,
    locked: false,
    fields: [],
    emojis: [],
    bot: false,
    group: false,
    discoverable: card.discoverable,
    indexable: false,
    noindex: false,
    moved: null,
    suspended: false,
    limited: false,
    hide_collections: false,
    created_at: card.createdAt,
    last_status_at: card.lastPostOn,
    statuses_count: card.statusesCount,
    followers_count: card.followersCount,
    following_count: card.followingCount,
    roles: card.role === "admin" ? [ADMIN_ROLE] : [],
  }
}

/** Kept for as long as the cards that the texts were made of. */
const written = new WeakMap<AccountCard, { settings: Settings; text: string }>()

/** The account as `presentAccount` gives it, as JSON. */
export function writeAccount(settings: Settings, card: AccountCard): string {
  const known = written.get(card)
  if (known?.settings === settings) return known.text
  const text = JSON.stringify(presentAccount(settings, card))
  written.set(card, { settings, text })
  return text
}

/** The account as its own member sees it. */
export function presentOwnAccount(settings: Settings, card: AccountCard): CredentialAccount {
  const admin = card.role === "admin"
  return {
    ...presentAccount(settings, card),
    source: {
      note: card.note,
      fields: [],
      privacy: card.defaultVisibility,
      sensitive: false,
      language: null,
      follow_requests_count: 0,
      hide_collections: false,
      discoverable: card.discoverable,
      indexable: false,
    },
    role: {
      id: admin ? "1" : "-99",
      name: admin ? "Admin" : "",
      color: "",
      permissions: admin ? "1" : "0",
      highlighted: admin,
    },
  }
}
