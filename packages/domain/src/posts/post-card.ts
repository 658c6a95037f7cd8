import type { AccountId, Mention, PostId, posts } from "@tintype/db"
import { sql } from "drizzle-orm"
import { bigints, defineCard } from "../cards.ts"
import type { Photo } from "../media/index.ts"

/** What a comment answers, and who may see it. */
export interface Comment {
  /** Null when what it answered is gone. */
  inReplyToId: PostId | null
  inReplyToAccountId: AccountId
  /** The post that began the thread. */
  threadOwnerId: AccountId
  threadId: PostId
  /** Whose followers may see it while it is private. */
  audienceId: AccountId
  /** Whether timelines show it: where an author goes on with an own post, in photos. */
  inFeeds: boolean
}

/** The part of a post that every viewer sees alike, its photos included. */
export interface PostCard {
  id: PostId
  ownerId: AccountId
  caption: string
  visibility: "public" | "unlisted" | "private" | "direct"
  sensitive: boolean
  spoilerText: string
  language: string | null
  application: { name: string; website: string | null } | null
  mentions: Mention[]
  tags: string[]
  favouritesCount: number
  repliesCount: number
  /** Null for a post that answers none. */
  comment: Comment | null
  createdAt: string
  editedAt: string | null
  photos: Photo[]
}

const utc = (column: string) =>
  sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)

const photos = sql`coalesce((
  select jsonb_agg(jsonb_build_object(
    'id', m.id::text, 'ownerId', m.owner_id::text, 'attempt', m.ready_attempt, 'width', m.width,
    'height', m.height, 'animated', m.animated, 'blurhash', m.blurhash, 'description', m.description,
    'focusX', m.focus_x, 'focusY', m.focus_y) order by m.position)
  from media m where m.owner_id = p.owner_id and m.post_id = p.id), '[]')`

const comment = sql`case when p.thread_id is not null then jsonb_build_object(
  'inReplyToId', p.in_reply_to_id::text, 'inReplyToAccountId', p.in_reply_to_account_id::text,
  'threadOwnerId', p.thread_owner_id::text, 'threadId', p.thread_id::text,
  'audienceId', coalesce(p.audience_id, p.owner_id)::text, 'inFeeds', p.in_feeds) end`

/** Whose followers may see a post while it is private. */
export const audienceOf = ({ ownerId, comment }: Pick<PostCard, "ownerId" | "comment">): AccountId =>
  comment?.audienceId ?? ownerId

/** Whether timelines show a post, for whom it is for. */
export const isInFeeds = ({ comment }: Pick<PostCard, "comment">): boolean => comment?.inFeeds ?? true

export const postCard = defineCard<PostId, PostCard>({
  name: "post",
  shape: 2,
  ttlSeconds: 24 * 3600,
  idText: (id) => id,
  shared: true,
  rows: (ids) => sql`
    select 'post' as kind, p.id::text as key, p.version, jsonb_build_object(
      'id', p.id::text, 'ownerId', p.owner_id::text, 'caption', p.caption, 'visibility', p.visibility,
      'sensitive', p.sensitive, 'spoilerText', p.spoiler_text, 'language', p.language,
      'application', p.application, 'mentions', p.mentions, 'tags', to_jsonb(p.tags),
      'favouritesCount', p.favourites_count,
      'repliesCount', p.replies_count, 'comment', ${comment}, 'createdAt', ${utc("p.created_at")},
      'editedAt', ${utc("p.edited_at")}, 'photos', ${photos}) as card
    from post_owners o join posts p on p.owner_id = o.owner_id and p.id = o.post_id
    where o.post_id = any(${bigints(ids)})`,
})

type PostRow = typeof posts.$inferSelect

function commentOf(row: PostRow): Comment | null {
  const { inReplyToId, inReplyToAccountId, threadOwnerId, threadId, ownerId, inFeeds } = row
  if (!inReplyToAccountId || !threadOwnerId || !threadId) return null
  const audienceId = row.audienceId ?? ownerId
  return { inReplyToId, inReplyToAccountId, threadOwnerId, threadId, audienceId, inFeeds }
}

/** What the cache shall hold of a row that was just written. @param photos of the post, in their order */
export function postCardOf(row: PostRow, photos: readonly Photo[]): { version: number; value: PostCard } {
  const { id, ownerId, caption, visibility, sensitive, spoilerText, language, application } = row
  const { mentions, tags, favouritesCount, repliesCount } = row
  return {
    version: row.version,
    value: {
      ...{ id, ownerId, caption, visibility, sensitive, spoilerText, language, application, mentions, tags },
      ...{ favouritesCount, repliesCount, photos: [...photos], comment: commentOf(row) },
      createdAt: row.createdAt.toISOString(),
      editedAt: row.editedAt?.toISOString() ?? null,
    },
  }
}
