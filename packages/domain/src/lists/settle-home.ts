import { type AccountId, type Db, follows } from "@tintype/db"
import { and, asc, eq, inArray, sql } from "drizzle-orm"
import { bigints } from "../cards.ts"
import { changeGraph, type Tie, tieCard, tieColumns } from "../relationships/index.ts"
import type { UnitOfWork } from "../unit-of-work.ts"

/**
 * Holds the owner's edges to these accounts until the transaction ends. Who unfollows takes the edge first and the
 * places on lists after it: so does who changes lists.
 *
 * @returns those that the owner follows
 */
export async function holdFollows(
  db: Db,
  ownerId: AccountId,
  accountIds: readonly AccountId[],
): Promise<Set<AccountId>> {
  const isEdge = and(eq(follows.followerId, ownerId), inArray(follows.followeeId, [...accountIds]))
  const rows = await db
    .select({ id: follows.followeeId })
    .from(follows)
    .where(and(isEdge, eq(follows.active, true)))
    .orderBy(asc(follows.followeeId))
    .for("no key update")
  return new Set(rows.map(({ id }) => id))
}

interface Settled extends Record<string, unknown> {
  id: AccountId
  version: number
  value: Tie | null
}

/**
 * Makes what stands with the edges true again: whose posts an exclusive list keeps off the owner's home timeline. The
 * owner's lists and edges are held.
 */
export async function settleHome(
  unit: UnitOfWork,
  ownerId: AccountId,
  accountIds: readonly AccountId[],
): Promise<void> {
  const changed = await unit.db.execute<Settled>(sql`
    update follows set home = wanted.home, version = follows.version + 1
    from (
      select each.id, not exists (
        select from list_members m join lists l on l.owner_id = m.owner_id and l.id = m.list_id
        where m.owner_id = ${ownerId}::bigint and m.account_id = each.id and l.exclusive) as home
      from unnest(${bigints(accountIds)}) as each (id)) as wanted
    where follower_id = ${ownerId}::bigint and followee_id = wanted.id and active and follows.home <> wanted.home
    returning followee_id as id, ${tieColumns.version}, ${tieColumns.value} as value`)
  for (const { id, ...tie } of changed) {
    unit.put(tieCard.key({ followerId: ownerId, followeeId: id }), tie)
  }
  if (changed.length > 0) await changeGraph(unit, ownerId, 0)
}
