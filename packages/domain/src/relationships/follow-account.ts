import type { Relationship } from "@tintype/contract"
import { type AccountId, parseId } from "@tintype/db"
import { readAccountCard } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { Forbidden, NotFound } from "../errors.ts"
import { changeFollow } from "./change-follow.ts"
import { listRelationships } from "./list-relationships.ts"

async function target(ctx: Context, actor: Actor, id: string): Promise<AccountId> {
  const accountId = parseId<"account">(id)
  if (!accountId) throw new NotFound()
  if (accountId === actor.accountId) throw new Forbidden()
  await readAccountCard(ctx, accountId)
  return accountId
}

async function relationshipTo(ctx: Context, actor: Actor, accountId: AccountId): Promise<Relationship> {
  const [relationship] = await listRelationships(ctx, actor, [accountId])
  if (!relationship) throw new NotFound()
  return relationship
}

/** Follows an account; again changes nothing. @throws NotFound; Forbidden for oneself */
export async function followAccount(ctx: Context, actor: Actor, id: string): Promise<Relationship> {
  const followeeId = await target(ctx, actor, id)
  await changeFollow(ctx, { followerId: actor.accountId, followeeId }, true)
  return relationshipTo(ctx, actor, followeeId)
}

/** @throws NotFound; Forbidden for oneself */
export async function unfollowAccount(ctx: Context, actor: Actor, id: string): Promise<Relationship> {
  const followeeId = await target(ctx, actor, id)
  await changeFollow(ctx, { followerId: actor.accountId, followeeId }, false)
  return relationshipTo(ctx, actor, followeeId)
}
