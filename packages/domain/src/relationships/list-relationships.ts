import type { Relationship } from "@tintype/contract"
import { type AccountId, parseId } from "@tintype/db"
import { accountCard } from "../accounts/index.ts"
import { type Cards, readCards } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { followEdge } from "./follow-edge.ts"

const edgesBetween = (one: AccountId, other: AccountId) => ({
  there: followEdge.key({ followerId: one, followeeId: other }),
  back: followEdge.key({ followerId: other, followeeId: one }),
})

function presentRelationship(cards: Cards, viewerId: AccountId, accountId: AccountId): Relationship {
  const { there, back } = edgesBetween(viewerId, accountId)
  const following = cards.get(there) !== null
  return {
    id: accountId,
    following,
    showing_reblogs: following,
    notifying: false,
    languages: [],
    followed_by: cards.get(back) !== null,
    blocking: false,
    blocked_by: false,
    muting: false,
    muting_notifications: false,
    muting_expires_at: null,
    requested: false,
    requested_by: false,
    domain_blocking: false,
    endorsed: false,
    note: "",
  }
}

/** How the member stands to each of the accounts; those that do not exist are left out. */
export async function listRelationships(
  ctx: Context,
  actor: Actor,
  ids: readonly string[],
): Promise<Relationship[]> {
  const accountIds = [...new Set(ids)].flatMap((id) => parseId<"account">(id) ?? [])
  const cards = await readCards(
    ctx,
    accountIds.flatMap((id) => {
      const { there, back } = edgesBetween(actor.accountId, id)
      return [accountCard.key(id), there, back]
    }),
  )
  return accountIds
    .filter((id) => cards.get(accountCard.key(id)) !== null)
    .map((id) => presentRelationship(cards, actor.accountId, id))
}
