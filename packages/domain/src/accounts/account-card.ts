import type { Versioned } from "@tintype/cache"
import type { AccountId, accounts, Portrait } from "@tintype/db"
import { sql } from "drizzle-orm"
import { bigints, defineCard } from "../cards.ts"

/** The part of an account that every viewer sees alike; of one that its member deleted there is none. */
export interface AccountCard {
  id: AccountId
  username: string
  displayName: string
  note: string
  role: "member" | "admin"
  avatar: Portrait | null
  header: Portrait | null
  defaultVisibility: "public" | "unlisted" | "private" | "direct"
  discoverable: boolean
  statusesCount: number
  followersCount: number
  followingCount: number
  lastPostOn: string | null
  graphVersion: number
  createdAt: string
}

export const accountCard = defineCard<AccountId, AccountCard>({
  name: "account",
  shape: 1,
  ttlSeconds: 24 * 3600,
  idText: (id) => id,
  shared: true,
  rows: (ids) => sql`
    select 'account' as kind, id::text as key, version, case when deleted_at is null then jsonb_build_object(
      'id', id::text, 'username', username, 'displayName', display_name, 'note', note, 'role', role,
      'avatar', avatar, 'header', header, 'defaultVisibility', default_visibility,
      'discoverable', discoverable, 'statusesCount', statuses_count, 'followersCount', followers_count,
      'followingCount', following_count, 'lastPostOn', last_post_on, 'graphVersion', graph_version,
      'createdAt', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end as card
    from accounts where id = any(${bigints(ids)})`,
})

type AccountRow = typeof accounts.$inferSelect

/** What the cache shall hold of a row that was just written: nothing of an account that was deleted. */
export function accountCardOf(row: AccountRow): Versioned<AccountCard> {
  const { version, createdAt, deletedAt, erasedAt: _erased, ...card } = row
  return { version, value: deletedAt ? null : { ...card, createdAt: createdAt.toISOString() } }
}
