import { type AccountId, parseId } from "@tintype/db"
import { accountCard, lookupAccount } from "../accounts/index.ts"
import { readCard } from "../cards.ts"
import type { Context } from "../context.ts"
import { NotFound } from "../errors.ts"

/** A member by their id or name. @throws NotFound */
export async function findMember(ctx: Context, account: string): Promise<AccountId> {
  const id = parseId<"account">(account)
  if (id && (await readCard(ctx, accountCard.key(id)))) return id
  const found = parseId<"account">((await lookupAccount(ctx, null, account)).id)
  if (!found) throw new NotFound()
  return found
}
