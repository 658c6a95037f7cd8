import { defineEntry } from "@tintype/cache"
import type { Account } from "@tintype/contract"
import { type AccountId, usernames } from "@tintype/db"
import { and, eq } from "drizzle-orm"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { onPrimary } from "../on-primary.ts"
import { readAccountCard } from "./get-account.ts"
import { presentAccount } from "./present-account.ts"

/** Which account has a name. Names are never given away again, so one version is enough. */
export const usernameEntry = defineEntry<string, AccountId>({
  name: "username",
  shape: 1,
  ttlSeconds: 24 * 3600,
  absentTtlSeconds: 10,
  firstLevel: true,
  id: (name) => name.toLowerCase(),
})

/** The bare name in `alice`, `@alice` and `alice@this.host`; null for other hosts and for what is no name. */
export function localName(acct: string, publicUrl: string): string | null {
  const [name = "", host, ...more] = acct.replace(/^@/, "").split("@")
  if (more.length > 0 || (host !== undefined && host.toLowerCase() !== new URL(publicUrl).host)) return null
  return /^[A-Za-z0-9_]{1,30}$/.test(name) ? name.toLowerCase() : null
}

/** @throws NotFound */
export async function lookupAccount(ctx: Context, _actor: Actor | null, acct: string): Promise<Account> {
  const name = localName(acct, ctx.settings.publicUrl)
  if (!name) throw new NotFound()
  const id = await ctx.cache.read(usernameEntry.key(name), async () => {
    const [row] = await ctx.db
      .select({ id: usernames.accountId })
      .from(usernames)
      .where(and(eq(usernames.name, name), onPrimary))
    return row ? { version: 1, value: row.id } : { version: 0, value: null }
  })
  if (!id) throw new NotFound()
  return presentAccount(ctx.settings, await readAccountCard(ctx, id))
}
