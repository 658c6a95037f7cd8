import type { Versioned } from "@tintype/cache"
import { type AccountId, accounts, type Db, followers, follows, listMembers } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { accountCard, accountCardOf, holdAccounts } from "../accounts/index.ts"
import type { Context } from "../context.ts"
import { noteDelta } from "../counter-deltas.ts"
import { Forbidden } from "../errors.ts"
import { type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { followChanged } from "./events.ts"
import { foldFollowersJob } from "./jobs.ts"
import { type Edge, type Tie, tieCard, tieColumns } from "./tie.ts"

/** The row of an edge. */
export const isEdge = ({ followerId, followeeId }: Edge) =>
  and(eq(follows.followerId, followerId), eq(follows.followeeId, followeeId))

const raised = sql`${follows.version} + 1`

/**
 * The changed row; null when it stood like that already. Racing calls wait for each other on the row, and so do blocks:
 * none of them is overlooked.
 *
 * @throws Forbidden where one of the two blocks the other
 */
async function setEdge(db: Db, edge: Edge, active: boolean): Promise<Versioned<Tie> | null> {
  const change = { active, home: true, version: raised, createdAt: sql`now()` }
  if (!active) {
    const [ended] = await db
      .update(follows)
      .set(change)
      .where(and(isEdge(edge), eq(follows.active, true)))
      .returning(tieColumns)
    return ended ?? null
  }
  const isOpen = sql`not ${follows.active} and ${follows.blockId} is null and not ${follows.blockedBy}`
  const [begun] = await db
    .insert(follows)
    .values({ ...edge, active })
    .onConflictDoUpdate({
      target: [follows.followerId, follows.followeeId],
      set: change,
      setWhere: isOpen,
    })
    .returning(tieColumns)
  if (begun) return begun
  const [standing] = await db.select({ active: follows.active }).from(follows).where(isEdge(edge))
  if (!standing?.active) throw new Forbidden()
  return null
}

async function mirrorEdge(db: Db, { followerId, followeeId }: Edge, active: boolean): Promise<void> {
  if (active) {
    await db.insert(followers).values({ followeeId, followerId }).onConflictDoNothing()
  } else {
    await db
      .delete(followers)
      .where(and(eq(followers.followeeId, followeeId), eq(followers.followerId, followerId)))
  }
}

/** Lists hold whom their owner follows. */
async function leaveLists(db: Db, { followerId, followeeId }: Edge): Promise<void> {
  const isMember = and(eq(listMembers.ownerId, followerId), eq(listMembers.accountId, followeeId))
  await db.delete(listMembers).where(isMember)
}

/** The follower's own row: the count, and the graph version that voids the warm home timeline. */
export async function changeGraph(unit: UnitOfWork, followerId: AccountId, delta: number): Promise<void> {
  const [row] = await unit.db
    .update(accounts)
    .set({
      followingCount: sql`${accounts.followingCount} + ${delta}`,
      graphVersion: sql`${accounts.graphVersion} + 1`,
      version: sql`${accounts.version} + 1`,
    })
    .where(eq(accounts.id, followerId))
    .returning()
  if (row) unit.put(accountCard.key(followerId), accountCardOf(row))
}

/** Everything that follows from an edge that has begun or ended. */
export async function spreadFollow(unit: UnitOfWork, edge: Edge, active: boolean): Promise<void> {
  const delta = active ? 1 : -1
  await mirrorEdge(unit.db, edge, active)
  if (!active) await leaveLists(unit.db, edge)
  await changeGraph(unit, edge.followerId, delta)
  await noteDelta(unit.db, edge.followeeId, edge.followeeId, delta)
  unit.publish(followChanged, edge.followerId, { ...edge, following: active })
  unit.enqueue(foldFollowersJob, edge.followeeId, { accountId: edge.followeeId })
}

/** Makes the edge stand or fall. Twice is once. @throws NotFound when one of them is gone; Forbidden where one of the two blocks the other */
export async function changeFollow(ctx: Context, edge: Edge, active: boolean): Promise<void> {
  await unitOfWork(ctx, edge.followerId, async (unit) => {
    await holdAccounts(unit.db, [edge.followerId, edge.followeeId])
    const changed = await setEdge(unit.db, edge, active)
    if (!changed) return
    await spreadFollow(unit, edge, active)
    unit.put(tieCard.key(edge), changed)
  })
}
