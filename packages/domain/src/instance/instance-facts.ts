import { defineEntry } from "@tintype/cache"
import { type AccountId, parseId } from "@tintype/db"
import { sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { onPrimary } from "../on-primary.ts"

/** Counts for whoever wants to know how large the instance is: a minute old at most, large ones estimated. */
export interface InstanceFacts {
  members: number
  activeThisMonth: number
  posts: number
  adminId: AccountId | null
}

const factsEntry = defineEntry<"facts", InstanceFacts>({
  name: "instance",
  shape: 1,
  ttlSeconds: 60,
  id: (name) => name,
})

/** Above this many rows Postgres's own estimate is good enough; counting them would read the whole table. */
const COUNTED = 100_000

interface FactsRow extends Record<string, unknown> {
  members: string
  active: string
  posts: string
  admin_id: string | null
}

/** @param counts which of the rows count, where they are few enough to be looked at */
const rowsOf = (table: string, counts = sql`true`) => sql`(
  select case when (select reltuples from pg_class where oid = ${table}::regclass) > ${COUNTED}
    then (select reltuples::bigint from pg_class where oid = ${table}::regclass)
    else (select count(*) from ${sql.identifier(table)} where ${counts}) end)`

async function countFacts(ctx: Context): Promise<InstanceFacts> {
  const [row] = await ctx.db.execute<FactsRow>(sql`
    select ${rowsOf("accounts", sql`deleted_at is null`)} as members, ${rowsOf("posts")} as posts,
      (select count(*) from accounts where last_post_on > current_date - 30) as active,
      (select first_admin_id from instance where id = 1) as admin_id where ${onPrimary}`)
  if (!row) throw new Error("counting gave nothing")
  return {
    members: Number(row.members),
    activeThisMonth: Number(row.active),
    posts: Number(row.posts),
    adminId: row.admin_id === null ? null : parseId<"account">(String(row.admin_id)),
  }
}

export async function readFacts(ctx: Context): Promise<InstanceFacts> {
  const facts = await ctx.cache.read(factsEntry.key("facts"), async () => ({
    version: 1,
    value: await countFacts(ctx),
  }))
  return facts ?? countFacts(ctx)
}
