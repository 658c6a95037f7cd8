import { defineEntry, Loaded, type Versioned } from "@tintype/cache"
import { type AccountId, type AppId, accessTokens } from "@tintype/db"
import { and, eq, inArray } from "drizzle-orm"
import type { Context } from "../context.ts"
import { onPrimary } from "../on-primary.ts"
import { hashSecret } from "./secrets.ts"

/** What a valid token stands for. */
export interface Session {
  tokenHash: string
  appId: AppId
  /** Null in a token of the app itself. */
  accountId: AccountId | null
  scopes: readonly string[]
}

/** An app that calls, with a token of its own or of a member. */
export type AppCaller = Pick<Session, "appId" | "accountId" | "scopes">

interface TokenCard {
  appId: AppId
  accountId: AccountId | null
  scopes: string[]
  /** Milliseconds since 1970. */
  expiresAt: number | null
}

/** By the token's hash. Null when revoked or unknown; unknown ones are remembered for a short time only. */
export const tokenEntry = defineEntry<string, TokenCard>({
  name: "token",
  shape: 1,
  ttlSeconds: 3600,
  absentTtlSeconds: 30,
  id: (hash) => hash,
  // Read with every request and hardly ever written.
  firstLevel: true,
})

type TokenRow = typeof accessTokens.$inferSelect

/** What the cache shall hold of a row that was just read or written. */
export function tokenCardOf(row: TokenRow): Versioned<TokenCard> {
  const { appId, accountId, scopes, expiresAt, version, revoked } = row
  return {
    version,
    value: revoked ? null : { appId, accountId, scopes, expiresAt: expiresAt?.getTime() ?? null },
  }
}

/** A token has 43 characters of base64url; whatever looks otherwise needs no look-up. */
const isToken = (text: string): boolean => /^[\w-]{43}$/.test(text)

const isAlive = (ctx: Context, card: TokenCard | null): card is TokenCard =>
  card !== null && (card.expiresAt === null || card.expiresAt > ctx.now().getTime())

/**
 * The session of a token: one round trip to the cache, and one to the database when the cache does not know.
 *
 * @returns null when the token is unknown, revoked or expired
 */
export async function authenticate(ctx: Context, token: string): Promise<Session | null> {
  if (!isToken(token)) return null
  const tokenHash = hashSecret(token)
  const card = await ctx.cache.read(tokenEntry.key(tokenHash), async () => {
    const [row] = await ctx.db
      .select()
      .from(accessTokens)
      .where(and(eq(accessTokens.tokenHash, tokenHash), onPrimary))
    return row ? tokenCardOf(row) : { version: 0, value: null }
  })
  if (!isAlive(ctx, card)) return null
  const { appId, accountId, scopes } = card
  return { tokenHash, appId, accountId, scopes }
}

/** Those of the tokens, by their hashes, that are still good. One round trip, and one statement for what is missing. */
export async function livingTokens(ctx: Context, hashes: readonly string[]): Promise<Set<string>> {
  const keyOf = new Map(hashes.map((hash) => [hash, tokenEntry.key(hash)]))
  const found = await ctx.cache.readMany([...keyOf.values()], async (missing) => {
    const wanted = new Set(missing)
    const some = hashes.filter((hash) => [keyOf.get(hash)].some((key) => key && wanted.has(key)))
    const loaded = new Loaded()
    for (const row of await ctx.db
      .select()
      .from(accessTokens)
      .where(and(inArray(accessTokens.tokenHash, some), onPrimary))) {
      const key = keyOf.get(row.tokenHash)
      if (key) loaded.set(key, tokenCardOf(row))
    }
    return loaded
  })
  return new Set([...keyOf].flatMap(([hash, key]) => (isAlive(ctx, found.get(key)) ? [hash] : [])))
}
