import type { AccountId, Mention, PostId } from "@tintype/db"
import { sql } from "drizzle-orm"
import { bigints, defineCard } from "../cards.ts"
import type { Photo } from "../media/index.ts"

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

export const postCard = defineCard<PostId, PostCard>({
  name: "post",
  shape: 1,
  ttlSeconds: 24 * 3600,
  idText: (id) => id,
  rows: (ids) => sql`
    select 'post' as kind, p.id::text as key, p.version, jsonb_build_object(
      'id', p.id::text, 'ownerId', p.owner_id::text, 'caption', p.caption, 'visibility', p.visibility,
      'sensitive', p.sensitive, 'spoilerText', p.spoiler_text, 'language', p.language,
      'application', p.application, 'mentions', p.mentions, 'tags', to_jsonb(p.tags),
      'favouritesCount', p.favourites_count, 'createdAt', ${utc("p.created_at")},
      'editedAt', ${utc("p.edited_at")}, 'photos', ${photos}) as card
    from post_owners o join posts p on p.owner_id = o.owner_id and p.id = o.post_id
    where o.post_id = any(${bigints(ids)})`,
})
