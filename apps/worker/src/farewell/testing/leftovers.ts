import { readdir } from "node:fs/promises"
import { join } from "node:path"
import * as schema from "@tintype/db"
import type { Context } from "@tintype/domain"
import { is, sql } from "drizzle-orm"
import { getTableConfig, PgTable } from "drizzle-orm/pg-core"

/** The row that stays, with the name; and what jobs did, which holds ids and figures and forgets itself in a month. */
const STAYS = new Set([
  "accounts",
  "usernames",
  "outbox",
  "job_runs",
  "job_audit",
  "workflow_runs",
  "workflow_steps",
  "workflow_items",
])
/** Of no account, though there are ids in them. */
const OF_NOBODY = new Set(["apps", "instance", "cache_debts", "schedules"])

/** What others wrote is theirs, and says whom it answered: in these columns, of rows that the account did not write. */
const SAID_TO: Readonly<Record<string, readonly string[]>> = {
  posts: ["in_reply_to_account_id", "thread_owner_id", "thread_id", "audience_id"],
  comments: ["owner_id", "post_id", "parent_id"],
}

const bigintsOf = (table: PgTable) =>
  getTableConfig(table).columns.filter((column) => column.getSQLType() === "bigint")

/** Every table of the schema whose rows could name an account, a post, a photo or a list. */
export const tables = Object.values<unknown>(schema)
  .filter((each) => is(each, PgTable))
  .filter((table) => {
    const { name } = getTableConfig(table)
    return !STAYS.has(name) && !OF_NOBODY.has(name) && bigintsOf(table).length > 0
  })

/** How many rows of each table have one of the ids in any column. */
export async function rowsNaming({ db }: Context, ids: readonly string[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  const wanted = sql`any(${sql.param(`{${ids.join(",")}}`)}::bigint[])`
  for (const table of tables) {
    const { name } = getTableConfig(table)
    const names = sql.join(
      bigintsOf(table)
        .filter((column) => !SAID_TO[name]?.includes(column.name))
        .map((column) => sql`${column} = ${wanted}`),
      sql` or `,
    )
    const [row] = await db.execute<{ count: number }>(
      sql`select count(*)::int as count from ${table} where ${names}`,
    )
    found[name] = row?.count ?? 0
  }
  return found
}

/** Files and folders that bear an account's id, wherever they lie. */
export async function filesOf(blobDir: string, accountId: string): Promise<string[]> {
  const names = await readdir(blobDir, { recursive: true })
  return names.filter((name) => name.split(/[/-]/).includes(accountId)).map((name) => join("/", name))
}
