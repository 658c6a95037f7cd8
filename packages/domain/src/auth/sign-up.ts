import type { Token } from "@tintype/contract"
import {
  type AccountId,
  accounts,
  credentials,
  type Db,
  emails,
  instance,
  nextAccountId,
  usernames,
} from "@tintype/db"
import { and, eq, isNull, sql } from "drizzle-orm"
import { accountCard, accountCardOf, usernameEntry } from "../accounts/index.ts"
import type { Context } from "../context.ts"
import { Forbidden } from "../errors.ts"
import { unitOfWork } from "../unit-of-work.ts"
import { countSignUp } from "./attempts.ts"
import { freshToken, writeToken } from "./issue-token.ts"
import { hashPassword } from "./password.ts"
import type { AppCaller } from "./session.ts"
import { checkSignUp, type SignUpForm, signUpRefusal, taken } from "./sign-up-rules.ts"

/** The form, and where the call comes from. */
export interface SignUpCall extends SignUpForm {
  address: string
}

export interface NewMember {
  accountId: AccountId
  token: Token
}

const closed = () =>
  new Forbidden("Sign-ups are closed on this server. Please ask its operator for an account.")

async function newAccountId(db: Db): Promise<AccountId> {
  const [row] = await db.execute<{ id: AccountId }>(sql`select ${nextAccountId()} as id`)
  if (!row) throw new Error("next_id gave nothing")
  return row.id
}

async function hasAdmin(db: Db): Promise<boolean> {
  const [row] = await db.select({ adminId: instance.firstAdminId }).from(instance)
  return row?.adminId != null
}

/** Takes the names, which belong to whoever writes them first. @throws Invalid that names those that are taken */
async function takeNames(db: Db, accountId: AccountId, { username, email }: SignUpForm): Promise<void> {
  const names = await db
    .insert(usernames)
    .values({ name: username.toLowerCase(), accountId })
    .onConflictDoNothing()
    .returning({ name: usernames.name })
  const addresses = await db
    .insert(emails)
    .values({ email, accountId })
    .onConflictDoNothing()
    .returning({ email: emails.email })
  const errors = [
    ...(names.length === 0 ? [taken("username")] : []),
    ...(addresses.length === 0 ? [taken("email")] : []),
  ]
  if (errors.length > 0) throw signUpRefusal(errors)
}

/** Whether this account is the instance's first: of sign-ups that race, the one whose UPDATE finds nobody yet. */
async function claimAdmin(db: Db, accountId: AccountId): Promise<boolean> {
  const rows = await db
    .update(instance)
    .set({ firstAdminId: accountId })
    .where(and(eq(instance.id, 1), isNull(instance.firstAdminId)))
    .returning({ id: instance.id })
  return rows.length > 0
}

/**
 * A new member, who gets a token of the calling app with all its scopes. The first account of an instance becomes
 * its admin, and may be made even where sign-ups are closed.
 *
 * @throws Invalid field by field; Forbidden where sign-ups are closed, and for a token that is a member's already;
 *   TooMany; Unavailable
 */
export async function signUp(ctx: Context, caller: AppCaller, form: SignUpCall): Promise<NewMember> {
  if (caller.accountId) throw new Forbidden("This method requires an client credentials authentication")
  const { registrationsOpen } = ctx.settings
  const checked = checkSignUp(form)
  if (!registrationsOpen && (await hasAdmin(ctx.db))) throw closed()
  await countSignUp(ctx, form.address)
  const passwordHash = await hashPassword(checked.password)
  const accountId = await newAccountId(ctx.db)
  const fresh = freshToken()
  const { result: token } = await unitOfWork(ctx, accountId, async (unit) => {
    await takeNames(unit.db, accountId, checked)
    const isFirst = await claimAdmin(unit.db, accountId)
    if (!isFirst && !registrationsOpen) throw closed()
    const [row] = await unit.db
      .insert(accounts)
      .values({ id: accountId, username: checked.username, role: isFirst ? "admin" : "member" })
      .returning()
    if (!row) throw new Error("the account was not written")
    await unit.db.insert(credentials).values({ accountId, email: checked.email, passwordHash })
    unit.put(accountCard.key(accountId), accountCardOf(row))
    unit.put(usernameEntry.key(checked.username), { version: 1, value: accountId })
    return writeToken(unit.db, fresh, { appId: caller.appId, accountId, scopes: caller.scopes })
  })
  return { accountId, token }
}
