import type { Account } from "@tintype/contract"
import type { AccountId } from "@tintype/db"
import { readCards } from "../cards.ts"
import type { Context } from "../context.ts"
import { accountCard } from "./account-card.ts"
import { presentAccount } from "./present-account.ts"

/** Accounts on a page and the cursors at its ends, which are ids of accounts. */
export interface AccountPage {
  items: Account[]
  newest: string | undefined
  oldest: string | undefined
}

/** The accounts that are there, in the order given. One round trip to the cache, at most one statement. */
export async function accountPage(ctx: Context, ids: readonly AccountId[]): Promise<AccountPage> {
  const cards = await readCards(ctx, ids.map(accountCard.key))
  const items = ids.flatMap((each) => {
    const card = cards.get(accountCard.key(each))
    return card ? [presentAccount(ctx.settings, card)] : []
  })
  return { items, newest: ids[0], oldest: ids.at(-1) }
}
