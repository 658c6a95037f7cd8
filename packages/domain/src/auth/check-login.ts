import { type AccountId, credentials, type Db, emails, type Id, parseId, usernames } from "@tintype/db"
import { eq } from "drizzle-orm"
import type { Context } from "../context.ts"
import { beginSignIn } from "./attempts.ts"
import { NOBODYS_HASH, verifyPassword } from "./password.ts"
import { hashSecret } from "./secrets.ts"

export interface Login {
  /** User name or e-mail address. */
  login: string
  password: string
  /** Where the call comes from. */
  address: string
}

/** No account has this id. */
const NOBODY = parseId<"account">("1")

async function accountOf(db: Db, name: string): Promise<Id<"account"> | null> {
  const [row] = name.replace(/^@/, "").includes("@")
    ? await db.select({ id: emails.accountId }).from(emails).where(eq(emails.email, name))
    : await db
        .select({ id: usernames.accountId })
        .from(usernames)
        .where(eq(usernames.name, name.replace(/^@/, "")))
  return row?.id ?? NOBODY
}

/**
 * Whether a member who is signed in knows their password: asked again before what cannot be taken back. A try counts as
 * one to sign in.
 *
 * @throws TooMany; Unavailable
 */
export async function knowsPassword(
  ctx: Context,
  accountId: AccountId,
  { password, address }: Omit<Login, "login">,
): Promise<boolean> {
  const attempt = await beginSignIn(ctx, accountId, address)
  const [credential] = await ctx.db.select().from(credentials).where(eq(credentials.accountId, accountId))
  const knows = await verifyPassword(password, credential?.passwordHash ?? NOBODYS_HASH)
  if (!knows || !credential) return false
  await attempt.succeeded()
  return true
}

/**
 * Who signs in with these words. For a name that nobody has it does the same work and takes the same time.
 *
 * @returns null when they are not right, whichever of them it is
 * @throws TooMany; Unavailable
 */
export async function checkLogin(
  ctx: Context,
  { login, password, address }: Login,
): Promise<AccountId | null> {
  const name = login.trim().toLowerCase()
  const accountId = await accountOf(ctx.db, name)
  const isSomebody = accountId !== null && accountId !== NOBODY
  const attempt = await beginSignIn(ctx, isSomebody ? accountId : hashSecret(name), address)
  const [credential] = accountId
    ? await ctx.db.select().from(credentials).where(eq(credentials.accountId, accountId))
    : []
  const matches = await verifyPassword(password, credential?.passwordHash ?? NOBODYS_HASH)
  if (!matches || !credential) return null
  await attempt.succeeded()
  return credential.accountId
}
