import type { Versioned } from "@tintype/cache"
import type { AccountId, PostId } from "@tintype/db"
import { sql } from "drizzle-orm"
import { bigints, defineCard } from "../cards.ts"

export interface Favouriting {
  ownerId: AccountId
  postId: PostId
  accountId: AccountId
}

/** There while the account likes the post. */
export interface FavouriteMark {
  favourited: true
}

export const favouriteMark = defineCard<Favouriting, FavouriteMark>({
  name: "favourite",
  shape: 1,
  ttlSeconds: 6 * 3600,
  absentTtlSeconds: 3600,
  idText: ({ postId, accountId }) => `${postId}<${accountId}`,
  rows: (marks) => sql`
    select 'favourite' as kind, f.post_id || '<' || f.account_id as key, f.version,
      case when f.active then jsonb_build_object('favourited', true) end as card
    from unnest(${bigints(marks.map((each) => each.ownerId))}, ${bigints(marks.map((each) => each.postId))},
      ${bigints(marks.map((each) => each.accountId))}) as wanted (owner_id, post_id, account_id)
    join favourites f using (owner_id, post_id, account_id)`,
})

/** What the cache shall hold of a row that was just written. */
export const favouriteMarkOf = (row: { active: boolean; version: number }): Versioned<FavouriteMark> => ({
  version: row.version,
  value: row.active ? { favourited: true } : null,
})
