import type { CredentialAccount, Visibility } from "@tintype/contract"
import { LIMITS } from "@tintype/contract/limits"
import { accounts } from "@tintype/db"
import { sql } from "drizzle-orm"
import type { Actor, Context } from "../context.ts"
import { Invalid, Unauthorized } from "../errors.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { accountCard, accountCardOf } from "./account-card.ts"
import { getOwnAccount } from "./get-account.ts"
import { isThere } from "./hold-account.ts"
import { presentOwnAccount } from "./present-account.ts"

export interface ProfileChange {
  displayName?: string | undefined
  note?: string | undefined
  discoverable?: boolean | undefined
  defaultVisibility?: Visibility | undefined
}

function checkLength(field: string, words: string, text: string | undefined, most: number): void {
  if (text === undefined || [...text].length <= most) return
  const description = `is too long (maximum is ${most} characters)`
  throw new Invalid(`Validation failed: ${words} ${description}`, {
    [field]: [{ error: "ERR_TOO_LONG", description }],
  })
}

/** Changes what is given, leaves the rest. @throws Invalid */
export async function updateProfile(
  ctx: Context,
  actor: Actor,
  change: ProfileChange,
): Promise<CredentialAccount> {
  checkLength("display_name", "Display name", change.displayName, LIMITS.displayNameCharacters)
  checkLength("note", "Bio", change.note, LIMITS.noteCharacters)
  const given = Object.fromEntries(
    Object.entries({ ...change, displayName: change.displayName?.trim() }).filter(
      ([, value]) => value !== undefined,
    ),
  )
  if (Object.keys(given).length === 0) return getOwnAccount(ctx, actor)
  const { result } = await unitOfWork(ctx, actor.accountId, async (unit) => {
    const [row] = await unit.db
      .update(accounts)
      .set({ ...given, version: sql`${accounts.version} + 1` })
      .where(isThere(actor.accountId))
      .returning()
    if (!row) throw new Unauthorized()
    const card = accountCardOf(row)
    unit.put(accountCard.key(actor.accountId), card)
    return card.value
  })
  if (!result) throw new Unauthorized()
  return presentOwnAccount(ctx.settings, result)
}
