import type { Account, CredentialAccount } from "@tintype/contract"
import { type AccountId, parseId } from "@tintype/db"
import { readCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { NotFound, Unauthorized } from "../errors.ts"
import { type AccountCard, accountCard } from "./account-card.ts"
import { presentAccount, presentOwnAccount } from "./present-account.ts"

/** @throws NotFound */
export async function readAccountCard(ctx: Context, id: AccountId): Promise<AccountCard> {
  const card = await readCard(ctx, accountCard.key(id))
  if (!card) throw new NotFound()
  return card
}

/** @throws NotFound */
export async function getAccount(ctx: Context, _actor: Actor | null, id: string): Promise<Account> {
  const accountId = parseId<"account">(id)
  if (!accountId) throw new NotFound()
  return presentAccount(ctx.settings, await readAccountCard(ctx, accountId))
}

/** The signed-in member's own account. @throws Unauthorized when it is gone. */
export async function getOwnAccount(ctx: Context, actor: Actor): Promise<CredentialAccount> {
  const card = await readCard(ctx, accountCard.key(actor.accountId))
  if (!card) throw new Unauthorized()
  return presentOwnAccount(ctx.settings, card)
}
