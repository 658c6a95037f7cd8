import type { Relationship } from "@tintype/contract"
import { type AccountId, parseId } from "@tintype/db"
import { readAccountCard } from "../accounts/index.ts"
import type { Actor, Context } from "../context.ts"
import { Forbidden, NotFound } from "../errors.ts"
import { listRelationships } from "./list-relationships.ts"

/** The account that a member wants to have to do with. @throws NotFound; Forbidden for oneself */
export async function otherAccount(ctx: Context, actor: Actor, id: string): Promise<AccountId> {
  const accountId = parseId<"account">(id)
  if (!accountId) throw new NotFound()
  if (accountId === actor.accountId) throw new Forbidden()
  await readAccountCard(ctx, accountId)
  return accountId
}

/** @throws NotFound */
export async function relationshipTo(
  ctx: Context,
  actor: Actor,
  accountId: AccountId,
): Promise<Relationship> {
  const [relationship] = await listRelationships(ctx, actor, [accountId])
  if (!relationship) throw new NotFound()
  return relationship
}
