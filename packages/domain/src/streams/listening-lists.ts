import type { AccountId, Db } from "@tintype/db"
import { sql } from "drizzle-orm"
import { bigints } from "../cards.ts"
import type { Context } from "../context.ts"
import { findList } from "../lists/index.ts"
import type { Channel } from "./channel.ts"
import type { Subscription } from "./members.ts"

/** Of those who listen to lists, the ones whose list holds this account now: asked of the rows, by one statement. */
export async function listeningLists(
  db: Db,
  listening: readonly Subscription[],
  accountId: AccountId,
): Promise<Subscription[]> {
  const owners = listening.map(({ viewerId }) => viewerId)
  const ids = listening.flatMap(({ channel }) => channel.list ?? [])
  const rows = await db.execute<{ id: string }>(sql`
    select distinct m.list_id as id from unnest(${bigints(owners)}, ${bigints(ids)}) as heard (owner_id, list_id)
    join list_members m using (owner_id, list_id) where m.account_id = ${accountId}::bigint`)
  const holding = new Set(rows.map(({ id }) => id))
  return listening.filter(({ channel }) => channel.list !== undefined && holding.has(channel.list))
}

/** Lets members listen to their own lists alone. @throws NotFound */
export async function checkChannel({ db }: Context, accountId: AccountId, { list }: Channel): Promise<void> {
  if (list !== undefined) await findList(db, accountId, list)
}
