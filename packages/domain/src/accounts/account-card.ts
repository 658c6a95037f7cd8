import type { Versioned } from "@tintype/cache"
import type { AccountId, accounts, Portrait } from "@tintype/db"
import { sql } from "drizzle-orm"
import { bigints, defineCard } from "../cards.ts"

/** The part of an account that every viewer sees alike. */
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
  rows: (ids) => sql`
    select 'account' as kind, id::text as key, version, jsonb_build_object(
      'id', id::text, 'username', username, 'displayName', display_name, 'note', note, 'role', role,
      'avatar', avatar, 'header', header, 'defaultVisibility', default_visibility,
      'discoverable', discoverable, 'statusesCount', statuses_count, 'followersCount', followers_count,
      'followingCount', following_count, 'lastPostOn', last_post_on, 'graphVersion', graph_version,
      'createdAt', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as card
    from accounts where id = any(${bigints(ids)})`,
})

type AccountRow = typeof accounts.$inferSelect

/** What the cache shall hold of a row that was just written. */
export function accountCardOf({ version, createdAt, ...card }: AccountRow): Versioned<AccountCard> {
  return { version, value: { ...card, createdAt: createdAt.toISOString() } }
}
