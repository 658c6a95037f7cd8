import type { MediaId, media, PostId, posts } from "@tintype/db"
import type { AccountCard } from "../accounts/index.ts"
import { profileUrl } from "../accounts/index.ts"
import { captionHtml } from "../caption-html.ts"
import type { Settings } from "../context.ts"

/** ActivityStreams 2.0, as the archives of Mastodon have it: what imports those can read ours. */
const CONTEXT = "https://www.w3.org/ns/activitystreams"
const PUBLIC = `${CONTEXT}#Public`

type PostRow = typeof posts.$inferSelect
type MediaRow = typeof media.$inferSelect

/** A photo of a packed post: what its original is, and what it is called in the archive. */
export interface PackedPhoto {
  id: MediaId
  file: string
  sha256: string
  bytes: number
}

/** A post as a part keeps it until the archive is written. */
export interface PackedPost {
  id: PostId
  activity: object
  photos: PackedPhoto[]
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/avif": "avif",
  "image/gif": "gif",
  "image/tiff": "tif",
}

/** The path of an original in the archive. */
export const originalFile = ({ id, originalType }: Pick<MediaRow, "id" | "originalType">) =>
  `media_attachments/files/${id}.${EXTENSIONS[originalType] ?? "bin"}`

/** Whom a post is addressed to, and who may see it besides. */
function addressees(actor: string, { visibility, mentions }: PostRow, settings: Settings) {
  const mentioned = mentions.map(({ username }) => profileUrl(settings, username))
  const followers = `${actor}/followers`
  if (visibility === "public") return { to: [PUBLIC], cc: [followers, ...mentioned] }
  if (visibility === "unlisted") return { to: [followers], cc: [PUBLIC, ...mentioned] }
  if (visibility === "private") return { to: [followers], cc: mentioned }
  return { to: mentioned, cc: [] }
}

const documentOf = (row: MediaRow) => ({
  type: "Document",
  mediaType: row.originalType,
  url: originalFile(row),
  name: row.description,
  blurhash: row.blurhash,
  width: row.originalWidth,
  height: row.originalHeight,
  focalPoint: [row.focusX, row.focusY],
})

function tagsOf({ tags, mentions }: PostRow, { publicUrl }: Settings, settings: Settings) {
  return [
    ...tags.map((tag) => ({
      type: "Hashtag",
      name: `#${tag}`,
      href: `${publicUrl}/tags/${encodeURIComponent(tag)}`,
    })),
    ...mentions.map(({ username }) => ({
      type: "Mention",
      name: `@${username}`,
      href: profileUrl(settings, username),
    })),
  ]
}

/** A post with its photos, in their order, as the activity that made it. @param answers the address of what it answers */
export function packPost(
  settings: Settings,
  { username }: AccountCard,
  post: PostRow,
  photos: readonly MediaRow[],
  answers: string | null,
): PackedPost {
  const actor = profileUrl(settings, username)
  const url = `${actor}/${post.id}`
  const published = post.createdAt.toISOString()
  const audience = addressees(actor, post, settings)
  const known = new Set(post.mentions.map((mention) => mention.username.toLowerCase()))
  const note = {
    id: url,
    type: "Note",
    summary: post.spoilerText || null,
    inReplyTo: answers,
    published,
    ...(post.editedAt && { updated: post.editedAt.toISOString() }),
    url,
    attributedTo: actor,
    ...audience,
    sensitive: post.sensitive,
    content: captionHtml(post.caption, settings.publicUrl, known),
    source: { content: post.caption, mediaType: "text/plain" },
    ...(post.language && {
      contentMap: { [post.language]: captionHtml(post.caption, settings.publicUrl, known) },
    }),
    attachment: photos.map(documentOf),
    tag: tagsOf(post, settings, settings),
  }
  const activity = { id: `${url}/activity`, type: "Create", actor, published, ...audience, object: note }
  return {
    id: post.id,
    activity,
    photos: photos.map((row) => ({
      id: row.id,
      file: originalFile(row),
      sha256: row.originalSha256,
      bytes: row.originalBytes,
    })),
  }
}

/** The member as the archive's `actor.json`. */
export function actorOf(
  settings: Settings,
  card: AccountCard,
  portraits: { avatar?: string; header?: string },
) {
  const url = profileUrl(settings, card.username)
  return {
    "@context": CONTEXT,
    id: url,
    type: "Person",
    preferredUsername: card.username,
    name: card.displayName,
    summary: captionHtml(card.note, settings.publicUrl, new Set()),
    source: { content: card.note, mediaType: "text/plain" },
    url,
    discoverable: card.discoverable,
    published: card.createdAt,
    outbox: "outbox.json",
    likes: "likes.json",
    bookmarks: "bookmarks.json",
    ...(portraits.avatar && { icon: { type: "Image", url: portraits.avatar } }),
    ...(portraits.header && { image: { type: "Image", url: portraits.header } }),
  }
}

/** What begins and ends a collection that is written piece by piece. */
export const collectionHead = (id: string) =>
  `{"@context":"${CONTEXT}","id":"${id}","type":"OrderedCollection","orderedItems":[`
export const collectionTail = (total: number) => `],"totalItems":${total}}\n`
