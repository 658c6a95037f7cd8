import type { Relationship } from "@tintype/contract"
import type { Actor, Context } from "../context.ts"
import { changeFollow } from "./change-follow.ts"
import { otherAccount, relationshipTo } from "./other-account.ts"

/** Follows an account; again changes nothing. @throws NotFound; Forbidden for oneself, and where one blocks the other */
export async function followAccount(ctx: Context, actor: Actor, id: string): Promise<Relationship> {
  const followeeId = await otherAccount(ctx, actor, id)
  await changeFollow(ctx, { followerId: actor.accountId, followeeId }, true)
  return relationshipTo(ctx, actor, followeeId)
}

/** @throws NotFound; Forbidden for oneself */
export async function unfollowAccount(ctx: Context, actor: Actor, id: string): Promise<Relationship> {
  const followeeId = await otherAccount(ctx, actor, id)
  await changeFollow(ctx, { followerId: actor.accountId, followeeId }, false)
  return relationshipTo(ctx, actor, followeeId)
}

/** Ends another account's following of the member, who tells nobody. @throws NotFound; Forbidden for oneself */
export async function removeFollower(ctx: Context, actor: Actor, id: string): Promise<Relationship> {
  const followerId = await otherAccount(ctx, actor, id)
  await changeFollow(ctx, { followerId, followeeId: actor.accountId }, false)
  return relationshipTo(ctx, actor, followerId)
}
