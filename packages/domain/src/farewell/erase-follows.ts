import { type AccountId, accounts, type Db, followers, follows, listMembers } from "@tintype/db"
import { and, asc, eq, inArray, isNull, not, type SQL, sql } from "drizzle-orm"
import { accountCard, accountCardOf } from "../accounts/index.ts"
import { noteDelta } from "../counter-deltas.ts"
import { foldFollowersJob, tieCard } from "../relationships/index.ts"
import type { UnitOfWork } from "../unit-of-work.ts"

interface Gone {
  followerId: AccountId
  followeeId: AccountId
  version: number
  active: boolean
}

const columns = {
  followerId: follows.followerId,
  followeeId: follows.followeeId,
  version: follows.version,
  active: follows.active,
}

function putEdges(unit: UnitOfWork, gone: readonly Gone[]): void {
  for (const { version, active: _active, ...edge } of gone) {
    unit.put(tieCard.key(edge), { version: version + 1, value: null })
  }
}

/** Those of the accounts that are there, and stay until the transaction ends: of others nobody folds a count. */
async function holdThere(tx: Db, ids: readonly AccountId[]): Promise<AccountId[]> {
  if (ids.length === 0) return []
  const held = await tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(inArray(accounts.id, [...ids]), isNull(accounts.deletedAt)))
    .orderBy(asc(accounts.id))
    .for("key share")
  return held.map(({ id }) => id)
}

/** Erases some of the edges to those whom the account follows, or once did; their counts are folded. @returns how many */
export async function eraseFollows(unit: UnitOfWork, accountId: AccountId, batch: SQL): Promise<number> {
  const isOwn = eq(follows.followerId, accountId)
  const gone = await unit.db.delete(follows).where(and(isOwn, batch)).returning(columns)
  const followed = gone.flatMap(({ active, followeeId }) => (active ? [followeeId] : []))
  if (followed.length > 0) {
    const isMirror = and(inArray(followers.followeeId, followed), eq(followers.followerId, accountId))
    await unit.db.delete(followers).where(isMirror)
  }
  for (const id of await holdThere(unit.db, followed)) {
    await noteDelta(unit.db, id, id, -1)
    unit.enqueue(foldFollowersJob, id, { accountId: id })
  }
  putEdges(unit, gone)
  return gone.length
}

/**
 * Erases some of the edges of those who follow the account, and its places on their lists. Their own counts change with
 * it, and their warm timelines are void.
 *
 * @returns how many
 */
export async function eraseFollowers(unit: UnitOfWork, accountId: AccountId, batch: SQL): Promise<number> {
  const mirrors = await unit.db
    .delete(followers)
    .where(and(eq(followers.followeeId, accountId), batch))
    .returning({ id: followers.followerId })
  const ids = mirrors.map(({ id }) => id)
  if (ids.length === 0) return 0
  const isEdge = and(inArray(follows.followerId, ids), eq(follows.followeeId, accountId))
  const gone = await unit.db.delete(follows).where(isEdge).returning(columns)
  await unit.db
    .delete(listMembers)
    .where(and(inArray(listMembers.ownerId, ids), eq(listMembers.accountId, accountId)))
  const isFollower = inArray(accounts.id, ids)
  await unit.db
    .select({ id: accounts.id })
    .from(accounts)
    .where(isFollower)
    .orderBy(asc(accounts.id))
    .for("no key update")
  const rows = await unit.db
    .update(accounts)
    .set({
      followingCount: sql`greatest(0, ${accounts.followingCount} - 1)`,
      graphVersion: sql`${accounts.graphVersion} + 1`,
      version: sql`${accounts.version} + 1`,
    })
    .where(isFollower)
    .returning()
  for (const row of rows) unit.put(accountCard.key(row.id), accountCardOf(row))
  putEdges(unit, gone)
  return ids.length
}

/**
 * Erases some of the rows by which others stand to the account and do not follow it: they once did, block it or mute it.
 *
 * @returns how many
 */
export async function eraseOthersTies(
  unit: UnitOfWork,
  accountId: AccountId,
  atOnce: number,
): Promise<number> {
  const isTie = and(eq(follows.followeeId, accountId), not(follows.active))
  const some = await unit.db
    .select({ id: follows.followerId })
    .from(follows)
    .where(isTie)
    .orderBy(asc(follows.followerId))
    .limit(atOnce)
  const ids = some.map(({ id }) => id)
  if (ids.length === 0) return 0
  const gone = await unit.db
    .delete(follows)
    .where(and(isTie, inArray(follows.followerId, ids)))
    .returning(columns)
  putEdges(unit, gone)
  return ids.length
}
