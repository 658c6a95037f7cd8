import type { Relationship } from "@tintype/contract"
import { follows, type Id, nextIdOf } from "@tintype/db"
import { and, isNotNull, sql } from "drizzle-orm"
import { holdAccounts } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { changeGraph, isEdge } from "./change-follow.ts"
import { otherAccount, relationshipTo } from "./other-account.ts"
import { type Edge, isFollowing, type TieRow, tieCard, tieColumns } from "./tie.ts"

export interface MuteOptions {
  /** Of what it does, too. */
  notifications: boolean
  /** How long, in seconds; for ever with 0. */
  duration: number
}

/** Warm home timelines are built without those who are muted for ever: they are void once that changes. */
async function putTie(unit: UnitOfWork, edge: Edge, row: TieRow | undefined): Promise<void> {
  if (!row) return
  unit.put(tieCard.key(edge), row)
  if (isFollowing(row.value)) await changeGraph(unit, edge.followerId, 0)
}

/**
 * Keeps an account's posts off the member's timelines; on its profile they stay. Again changes for how long and what of.
 *
 * @throws NotFound; Forbidden for oneself
 */
export async function muteAccount(
  ctx: Context,
  actor: Actor,
  id: string,
  { notifications, duration }: MuteOptions,
): Promise<Relationship> {
  const accountId = await otherAccount(ctx, actor, id)
  const edge = { followerId: actor.accountId, followeeId: accountId }
  const now = ctx.now()
  const until = duration > 0 ? new Date(now.getTime() + duration * 1000) : null
  const mute = { muteNotifications: notifications, mutedUntil: until }
  await unitOfWork(ctx, actor.accountId, async (unit) => {
    await holdAccounts(unit.db, [actor.accountId, accountId])
    const [row] = await unit.db
      .insert(follows)
      .values({ ...edge, active: false, muteId: sql<Id<"mute">>`${nextIdOf(actor.accountId)}`, ...mute })
      .onConflictDoUpdate({
        target: [follows.followerId, follows.followeeId],
        set: {
          ...mute,
          // One that has ended is another one: it comes to the top of the list.
          muteId: sql`case when ${follows.mutedUntil} <= ${now.toISOString()}::timestamptz then excluded.mute_id
            else coalesce(${follows.muteId}, excluded.mute_id) end`,
          version: sql`${follows.version} + 1`,
        },
      })
      .returning(tieColumns)
    await putTie(unit, edge, row)
  })
  return relationshipTo(ctx, actor, accountId)
}

/** @throws NotFound; Forbidden for oneself */
export async function unmuteAccount(ctx: Context, actor: Actor, id: string): Promise<Relationship> {
  const accountId = await otherAccount(ctx, actor, id)
  const edge = { followerId: actor.accountId, followeeId: accountId }
  await unitOfWork(ctx, actor.accountId, async (unit) => {
    const [row] = await unit.db
      .update(follows)
      .set({ muteId: null, mutedUntil: null, version: sql`${follows.version} + 1` })
      .where(and(isEdge(edge), isNotNull(follows.muteId)))
      .returning(tieColumns)
    await putTie(unit, edge, row)
  })
  return relationshipTo(ctx, actor, accountId)
}
