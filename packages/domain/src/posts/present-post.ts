import type { Status } from "@tintype/contract"
import { type AccountCard, presentAccount, profileUrl } from "../accounts/index.ts"
import { captionHtml } from "../caption-html.ts"
import type { Context } from "../context.ts"
import { linkExpiry, presentPhoto } from "../media/index.ts"
import type { PostCard } from "./post-card.ts"
import { isForEverybody } from "./visibility.ts"

/** How the viewer stands to a post; null for the signed-out. */
export type ViewerState = { favourited: boolean } | null

/** A post as clients get it, the same wherever it appears. */
export function presentPost(ctx: Context, post: PostCard, author: AccountCard, viewer: ViewerState): Status {
  const { settings } = ctx
  const url = `${profileUrl(settings, author.username)}/${post.id}`
  const known = new Set(post.mentions.map(({ username }) => username.toLowerCase()))
  const expires = isForEverybody(post) ? "public" : linkExpiry(ctx.now())
  return {
    id: post.id,
    uri: url,
    url,
    created_at: post.createdAt,
    edited_at: post.editedAt,
    account: presentAccount(settings, author),
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
      acct: username,
      url: profileUrl(settings, username),
    })),
    tags: post.tags.map((name) => ({ name, url: `${settings.publicUrl}/tags/${encodeURIComponent(name)}` })),
    emojis: [],
    reblogs_count: 0,
    favourites_count: post.favouritesCount,
    replies_count: 0,
    quotes_count: 0,
    in_reply_to_id: null,
    in_reply_to_account_id: null,
    reblog: null,
    poll: null,
    card: null,
    quote: null,
    ...(viewer && {
      favourited: viewer.favourited,
      reblogged: false,
      muted: false,
      bookmarked: false,
      filtered: [],
    }),
  }
}
