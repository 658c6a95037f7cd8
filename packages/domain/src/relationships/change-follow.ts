import { type AccountId, accounts, type Db, followers, follows, listMembers } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { accountCard, accountCardOf } from "../accounts/index.ts"
import type { Context } from "../context.ts"
import { noteDelta } from "../counter-deltas.ts"
import { type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { followChanged } from "./events.ts"
import { type Edge, followEdge, followEdgeOf } from "./follow-edge.ts"
import { foldFollowersJob } from "./jobs.ts"

/** The changed edge; null when it stood like that already. Racing calls wait for each other on the row. */
async function setEdge(db: Db, { followerId, followeeId }: Edge, active: boolean) {
  const change = { active, home: true, version: sql`${follows.version} + 1`, createdAt: sql`now()` }
  const columns = { active: follows.active, home: follows.home, version: follows.version }
  const isOther = eq(follows.active, !active)
  const changed = active
    ? await db
        .insert(follows)
        .values({ followerId, followeeId, active })
        .onConflictDoUpdate({
          target: [follows.followerId, follows.followeeId],
          set: change,
          setWhere: isOther,
        })
        .returning(columns)
    : await db
        .update(follows)
        .set(change)
        .where(and(eq(follows.followerId, followerId), eq(follows.followeeId, followeeId), isOther))
        .returning(columns)
  return changed[0] ?? null
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

/** Makes the edge stand or fall, with everything that follows from it. Twice is once. */
export async function changeFollow(ctx: Context, edge: Edge, active: boolean): Promise<void> {
  await unitOfWork(ctx, edge.followerId, async (unit) => {
    const changed = await setEdge(unit.db, edge, active)
    if (!changed) return
    const delta = active ? 1 : -1
    await mirrorEdge(unit.db, edge, active)
    if (!active) await leaveLists(unit.db, edge)
    await changeGraph(unit, edge.followerId, delta)
    await noteDelta(unit.db, edge.followeeId, edge.followeeId, delta)
    unit.put(followEdge.key(edge), followEdgeOf(changed))
    unit.publish(followChanged, edge.followerId, { ...edge, following: active })
    unit.enqueue(foldFollowersJob, edge.followeeId, { accountId: edge.followeeId })
  })
}
