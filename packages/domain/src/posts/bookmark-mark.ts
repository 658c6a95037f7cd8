import type { Versioned } from "@tintype/cache"
import type { AccountId, PostId } from "@tintype/db"
import { sql } from "drizzle-orm"
import { bigints, defineCard } from "../cards.ts"

export interface Bookmarking {
  accountId: AccountId
  postId: PostId
}

/** There while the account keeps the post among its bookmarks. */
export interface BookmarkMark {
  bookmarked: true
}

export const bookmarkMark = defineCard<Bookmarking, BookmarkMark>({
  name: "bookmark",
  shape: 1,
  ttlSeconds: 6 * 3600,
  absentTtlSeconds: 3600,
  idText: ({ accountId, postId }) => `${accountId}>${postId}`,
  rows: (marks) => sql`
    select 'bookmark' as kind, b.account_id || '>' || b.post_id as key, b.version,
      case when b.active then jsonb_build_object('bookmarked', true) end as card
    from unnest(${bigints(marks.map((each) => each.accountId))}, ${bigints(marks.map((each) => each.postId))})
      as wanted (account_id, post_id)
    join bookmarks b using (account_id, post_id)`,
})

/** What the cache shall hold of a row that was just written. */
export const bookmarkMarkOf = (row: { active: boolean; version: number }): Versioned<BookmarkMark> => ({
  version: row.version,
  value: row.active ? { bookmarked: true } : null,
})
