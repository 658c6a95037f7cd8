import { type Limit, networkOf } from "@tintype/cache"
import type { Context } from "../context.ts"
import { TooMany } from "../errors.ts"

const MINUTE = 60_000

/** Tries to sign in to one account from one address. */
const SIGN_IN = { burst: 10, everyMs: MINUTE }
/** … to any account from one address. */
const SIGN_IN_FROM = { burst: 50, everyMs: MINUTE / 4 }
/** … to one account from all addresses from which its member has not signed in before. */
const SIGN_IN_TO = { burst: 100, everyMs: MINUTE }
const SIGN_UP = { burst: 20, everyMs: MINUTE }
const NEW_APP = { burst: 60, everyMs: MINUTE / 6 }

/** How long an address counts as one of a member's own after they signed in from it. */
const KNOWN_MS = 30 * 24 * 60 * MINUTE

/** @throws TooMany */
async function take(ctx: Context, limits: readonly Limit[]): Promise<void> {
  const waitMs = await ctx.limiter.take(limits)
  if (waitMs > 0) throw new TooMany(Math.ceil(waitMs / 1000))
}

export interface SignInAttempt {
  /** It was the member: this try does not count, and the address is known from now on. */
  succeeded(): Promise<void>
}

/**
 * Counts a try to sign in, before the password is looked at, so that guesses that come at once are counted too. An
 * attack from many addresses empties the account's own bucket, which does not bind where the member signs in from:
 * nobody is locked out by others.
 *
 * @param account the account's id, or what stands for a name that nobody has
 * @throws TooMany
 */
export async function beginSignIn(ctx: Context, account: string, address: string): Promise<SignInAttempt> {
  const network = networkOf(address)
  const place = `${account}@${network ?? "here"}`
  const known = await ctx.limiter.isNoted(place)
  const limits: Limit[] = [
    { key: `sign-in:${place}`, ...SIGN_IN },
    ...(network ? [{ key: `sign-in-from:${network}`, ...SIGN_IN_FROM }] : []),
    ...(known ? [] : [{ key: `sign-in-to:${account}`, ...SIGN_IN_TO }]),
  ]
  await take(ctx, limits)
  return {
    async succeeded() {
      await Promise.all([ctx.limiter.giveBack(limits), ctx.limiter.note(place, KNOWN_MS)])
    },
  }
}

const takeFrom = async (ctx: Context, name: string, address: string, rate: Omit<Limit, "key">) => {
  const network = networkOf(address)
  if (network) await take(ctx, [{ key: `${name}:${network}`, ...rate }])
}

/** @throws TooMany */
export const countSignUp = (ctx: Context, address: string): Promise<void> =>
  takeFrom(ctx, "sign-up", address, SIGN_UP)

/** @throws TooMany */
export const countNewApp = (ctx: Context, address: string): Promise<void> =>
  takeFrom(ctx, "new-app", address, NEW_APP)
