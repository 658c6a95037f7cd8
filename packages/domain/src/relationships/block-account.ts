import type { Relationship } from "@tintype/contract"
import { type AccountId, type Db, follows, type Id, nextIdOf } from "@tintype/db"
import { asc, or, sql } from "drizzle-orm"
import { holdAccounts } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { isEdge, spreadFollow } from "./change-follow.ts"
import { otherAccount, relationshipTo } from "./other-account.ts"
import { type Edge, tieCard, tieColumns } from "./tie.ts"

/**
 * Holds the rows of both directions until the transaction ends, in the order of their ids, whoever asks; makes them
 * where there are none.
 */
async function holdBoth(db: Db, one: Edge, other: Edge) {
  const edges = [one, other].sort((a, b) => (BigInt(a.followerId) < BigInt(b.followerId) ? -1 : 1))
  await db
    .insert(follows)
    .values(edges.map((edge) => ({ ...edge, active: false })))
    .onConflictDoNothing()
  return db
    .select({
      followerId: follows.followerId,
      followeeId: follows.followeeId,
      active: follows.active,
      blockId: follows.blockId,
    })
    .from(follows)
    .where(or(isEdge(one), isEdge(other)))
    .orderBy(asc(follows.followerId))
    .for("update")
}

async function setTie(unit: UnitOfWork, edge: Edge, change: object): Promise<void> {
  const [row] = await unit.db
    .update(follows)
    .set({ ...change, version: sql`${follows.version} + 1` })
    .where(isEdge(edge))
    .returning(tieColumns)
  if (row) unit.put(tieCard.key(edge), row)
}

/** Makes the block stand or fall. Twice is once. */
async function changeBlock(
  ctx: Context,
  ownerId: AccountId,
  accountId: AccountId,
  blocks: boolean,
): Promise<void> {
  const there = { followerId: ownerId, followeeId: accountId }
  const back = { followerId: accountId, followeeId: ownerId }
  await unitOfWork(ctx, ownerId, async (unit) => {
    await holdAccounts(unit.db, [ownerId, accountId])
    const held = await holdBoth(unit.db, there, back)
    const own = held.find(({ followerId }) => followerId === ownerId)
    if ((own?.blockId != null) === blocks) return
    for (const { active, followerId, followeeId } of held) {
      if (blocks && active) await spreadFollow(unit, { followerId, followeeId }, false)
    }
    // A block ends follows; its end begins none.
    const ended = blocks ? { active: false, home: true } : {}
    const blockId = blocks ? sql<Id<"block">>`${nextIdOf(ownerId)}` : null
    await setTie(unit, there, { ...ended, blockId })
    await setTie(unit, back, { ...ended, blockedBy: blocks })
  })
}

/**
 * Blocks an account: neither sees the other's posts any more, and neither follows the other. Again changes nothing.
 *
 * @throws NotFound; Forbidden for oneself
 */
export async function blockAccount(ctx: Context, actor: Actor, id: string): Promise<Relationship> {
  const accountId = await otherAccount(ctx, actor, id)
  await changeBlock(ctx, actor.accountId, accountId, true)
  return relationshipTo(ctx, actor, accountId)
}

/** Nobody follows anybody again by this. @throws NotFound; Forbidden for oneself */
export async function unblockAccount(ctx: Context, actor: Actor, id: string): Promise<Relationship> {
  const accountId = await otherAccount(ctx, actor, id)
  await changeBlock(ctx, actor.accountId, accountId, false)
  return relationshipTo(ctx, actor, accountId)
}
