import { asc, desc, gt, lt, type SQL, sql } from "drizzle-orm"
import type { PgColumn } from "drizzle-orm/pg-core"
import { MAX_ID } from "./ids.ts"

/** Between which ids a page lies, and how long it is. A cursor is a decimal number of up to 19 digits. */
export interface Keyset {
  /** Only what is older. */
  max_id?: string | undefined
  /** Only what is newer, from the newest on. */
  since_id?: string | undefined
  /** Only what is newer, from the oldest on. */
  min_id?: string | undefined
  limit: number
}

/** 19 digits can say more than an id can be; nothing is as new as that. */
const bound = (cursor: string): SQL => sql`${String(BigInt(cursor) > MAX_ID ? MAX_ID : cursor)}::bigint`

/** The conditions on the column that a page is ordered by. */
export function within(column: PgColumn, { max_id, since_id, min_id }: Keyset): SQL[] {
  const after = min_id ?? since_id
  return [...(max_id ? [lt(column, bound(max_id))] : []), ...(after ? [gt(column, bound(after))] : [])]
}

/** The order in which a page is read, so that its `limit` keeps the right end. */
export const readingOrder = (column: PgColumn, { min_id }: Keyset): SQL =>
  min_id ? asc(column) : desc(column)

/** What was read in `readingOrder`, newest first. */
export const newestFirst = <T>(rows: T[], { min_id }: Keyset): T[] => (min_id ? rows.toReversed() : rows)
