import { type SQL, sql } from "drizzle-orm"

/**
 * A condition of whatever is read to be cached: true, and refused by a standby (object_not_in_prerequisite_state),
 * which may be behind and whose answer would be cached as if it were not. It is looked at once in a statement,
 * whether there are rows or none.
 */
export const onPrimary: SQL = sql`(select pg_current_wal_lsn()) is not null`
