import type { AccountId } from "@tintype/db"
import { type SQL, type SQLWrapper, sql } from "drizzle-orm"

const blocks = sql.raw("barred.block_id is not null or barred.blocked_by")

/**
 * The OFFSET keeps Postgres from making a join of it: a page then asks the index once for each row that it looks at,
 * where a join walks all whom the viewer bars for each of them.
 */
const notThere = (viewerId: AccountId, accountId: SQLWrapper, condition: SQL): SQL => sql`not exists (
  select from follows barred where barred.follower_id = ${viewerId}::bigint and barred.followee_id = ${accountId}
    and (${condition}) offset 0)`

/** Leaves out accounts that the viewer blocks or is blocked by. */
export const notBlocked = (viewerId: AccountId, accountId: SQLWrapper): SQL =>
  notThere(viewerId, accountId, blocks)

/**
 * Leaves out those whom the viewer mutes, too. Asked in the statement that reads a page, so that they do not eat it up;
 * whether a post is shown is decided on what is read afterwards.
 */
export const notBarred = (viewerId: AccountId, accountId: SQLWrapper, now: Date): SQL =>
  notThere(
    viewerId,
    accountId,
    sql`${blocks} or barred.mute_id is not null
      and (barred.muted_until is null or barred.muted_until > ${now.toISOString()}::timestamptz)`,
  )
