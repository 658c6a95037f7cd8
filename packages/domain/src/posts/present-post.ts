import type { Status } from "@tintype/contract"
import { type AccountCard, presentAccount, profileUrl, writeAccount } from "../accounts/index.ts"
import { captionHtml } from "../caption-html.ts"
import type { Context, Settings } from "../context.ts"
import { linkExpiry, presentPhoto } from "../media/index.ts"
import { membersOf, Written } from "../written.ts"
import type { SeenPost } from "./hydrate-posts.ts"
import type { PostCard } from "./post-card.ts"
import { isForEverybody } from "./visibility.ts"

/** When the links to a post's photos run out. */
type Expiry = number | "public"

export const expiryOf = (ctx: Context, post: PostCard): Expiry =>
  isForEverybody(post) ? "public" : linkExpiry(ctx.now())

/** What stands before the author. */
function headOf(settings: Settings, post: PostCard, { username }: AccountCard) {
  const url = `${profileUrl(settings, username)}/${post.id}`
  return { id: post.id, uri: url, url, created_at: post.createdAt, edited_at: post.editedAt }
}

/** What stands behind the author and is the same for every viewer. */
function bodyOf(settings: Settings, post: PostCard, expires: Expiry) {
  const known = new Set(post.mentions.map(({ username }) => username.toLowerCase()))
  return {
    content: captionHtml(post.caption, settings.publicUrl, known),
    visibility: post.visibility,
    sensitive: post.sensitive,
    spoiler_text: post.spoilerText,
    language: post.language,
    media_attachments: post.photos.map((photo) => presentPhoto(settings, photo, expires)),
    application: post.application,
    mentions: post.mentions.map(({ id, username }) => ({
      id,
      username,
      url: profileUrl(settings, username),
      acct: username,
    })),
    tags: post.tags.map((name) => ({ name, url: `${settings.publicUrl}/tags/${encodeURIComponent(name)}` })),
    emojis: [],
    reblogs_count: 0,
    favourites_count: post.favouritesCount,
    replies_count: post.repliesCount,
    quotes_count: 0,
    in_reply_to_id: post.comment?.inReplyToId ?? null,
    in_reply_to_account_id: post.comment?.inReplyToAccountId ?? null,
    reblog: null,
    poll: null,
    card: null,
    quote: null,
  }
}

const viewerState = ({ favourited, bookmarked }: NonNullable<SeenPost["viewer"]>) => ({
  favourited,
  reblogged: false,
  muted: false,
  bookmarked,
  filtered: [],
})

/** A post as clients get it, the same wherever it appears. */
export function presentPost(ctx: Context, { post, author, viewer }: SeenPost): Status {
  const { settings } = ctx
  return {
    ...headOf(settings, post, author),
    account: presentAccount(settings, author),
    ...bodyOf(settings, post, expiryOf(ctx, post)),
    ...(viewer && viewerState(viewer)),
  }
}

/** The parts of a post's JSON that every viewer gets alike, and what they were made with besides the card. */
interface WrittenParts {
  settings: Settings
  username: string
  expires: Expiry
  head: string
  body: string
}

/** Kept for as long as the card that they were made of. */
const parts = new WeakMap<PostCard, WrittenParts>()

function partsOf(ctx: Context, post: PostCard, author: AccountCard): WrittenParts {
  const { settings } = ctx
  const { username } = author
  const expires = expiryOf(ctx, post)
  const known = parts.get(post)
  if (known?.settings === settings && known.username === username && known.expires === expires) return known
  const head = membersOf(headOf(settings, post, author))
  const body = membersOf(bodyOf(settings, post, expires))
  const made = { settings, username, expires, head, body }
  parts.set(post, made)
  return made
}

const writtenState = (favourited: boolean, bookmarked: boolean) =>
  `,${membersOf(viewerState({ favourited, bookmarked }))}`
const LIKED = { kept: writtenState(true, true), not: writtenState(true, false) }
const NOT_LIKED = { kept: writtenState(false, true), not: writtenState(false, false) }

function writeState({ viewer }: SeenPost): string {
  if (!viewer) return ""
  const { kept, not } = viewer.favourited ? LIKED : NOT_LIKED
  return viewer.bookmarked ? kept : not
}

/** A post as `presentPost` gives it, as JSON. */
export function writePost(ctx: Context, seen: SeenPost): string {
  const { post, author } = seen
  const { head, body } = partsOf(ctx, post, author)
  return `{${head},"account":${writeAccount(ctx.settings, author)},${body}${writeState(seen)}}`
}

/** Posts as `presentPost` gives them, as JSON. */
export const writePosts = (ctx: Context, seen: readonly SeenPost[]): Written<Status[]> =>
  new Written(`[${seen.map((each) => writePost(ctx, each)).join(",")}]`)
