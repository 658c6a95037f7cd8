import type { Sql } from "postgres"
import type { Claims } from "../load/claims.ts"
import { type Violation, violating } from "./violation.ts"

const left = violating("nothing is left of who left")

/**
 * Columns under which rows of an account stand. Its own row stays with its name, the history of jobs forgets itself, and
 * what others said below its posts is theirs.
 */
async function columnsOfAccounts(sql: Sql): Promise<{ table: string; column: string }[]> {
  return sql`
    select c.table_name as table, c.column_name as column from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.data_type = 'bigint'
      and c.column_name in ('owner_id', 'account_id', 'follower_id', 'followee_id')
      and (c.table_name, c.column_name) <> ('comments', 'owner_id') and c.table_name not in ('usernames', 'outbox') and c.table_name not like 'job_%'
      and c.table_name not like 'workflow%'`
}

/** An account that was deleted is erased: no row names it any more. What lies in files is compared with the rows. */
export async function checkGone(sql: Sql, { gone }: Claims): Promise<Violation[]> {
  const ids = [...gone]
  const erased = await sql<{ id: string }[]>`
    select id::text from accounts where id = any(${ids}::bigint[]) and erased_at is null`
  const found = erased.map(({ id }) => left(`the account ${id} is not erased`))
  for (const { table, column } of await columnsOfAccounts(sql)) {
    const rows = await sql<{ id: string; rows: number }[]>`
      select ${sql(column)}::text as id, count(*)::int as rows from ${sql(table)}
      where ${sql(column)} = any(${ids}::bigint[]) group by 1`
    found.push(...rows.map(({ id, rows }) => left(`${rows} rows of ${table} name ${id} (${column})`)))
  }
  return found
}
