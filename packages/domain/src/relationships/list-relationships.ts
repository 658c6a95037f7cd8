import type { Relationship } from "@tintype/contract"
import { type AccountId, parseId } from "@tintype/db"
import { accountCard } from "../accounts/index.ts"
import { type Cards, readCards } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { isFollowing, muteOf, tieCard } from "./tie.ts"

const edgesBetween = (one: AccountId, other: AccountId) => ({
  there: tieCard.key({ followerId: one, followeeId: other }),
  back: tieCard.key({ followerId: other, followeeId: one }),
})

function presentRelationship(
  cards: Cards,
  viewerId: AccountId,
  accountId: AccountId,
  now: Date,
): Relationship {
  const { there, back } = edgesBetween(viewerId, accountId)
  const tie = cards.get(there)
  const following = isFollowing(tie)
  const mute = muteOf(tie, now)
  return {
    id: accountId,
    following,
    showing_reblogs: following,
    notifying: false,
    languages: [],
    followed_by: isFollowing(cards.get(back)),
    blocking: tie?.blocking === true,
    blocked_by: tie?.blockedBy === true,
    muting: mute !== null,
    muting_notifications: mute?.notifications ?? false,
    muting_expires_at: mute?.until === undefined ? null : new Date(mute.until).toISOString(),
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
    .map((id) => presentRelationship(cards, actor.accountId, id, ctx.now()))
}
