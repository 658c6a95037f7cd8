import { Loaded, type Stale } from "@tintype/cache"
import { type AccountId, accessTokens, type PostId, posts, usernames } from "@tintype/db"
import { inArray } from "drizzle-orm"
import { accountCard } from "./accounts/account-card.ts"
import { usernameEntry } from "./accounts/lookup-account.ts"
import { tokenCardOf, tokenEntry } from "./auth/session.ts"
import { type CardKey, loadCards } from "./cards.ts"
import type { Context } from "./context.ts"
import { bookmarkMark } from "./posts/bookmark-mark.ts"
import { favouriteMark } from "./posts/favourite-mark.ts"
import { postCard } from "./posts/post-card.ts"
import { tieCard } from "./relationships/tie.ts"

/** What a look at all that is cached found. */
export interface CacheReport {
  compared: number
  stale: Stale[]
  /** Keys that no entry of today has, or whose value is not that of one row. */
  passedOver: number
}

/** One kind of cached value: how the keys of a batch are made from their ids' texts, and how they are loaded. */
interface Kind {
  beginning: string
  compare(ctx: Context, texts: readonly string[]): Promise<{ compared: number; stale: Stale[] }>
}

const ofCards = (
  { beginning }: { beginning: string },
  keysOf: (ctx: Context, texts: readonly string[]) => Promise<CardKey<unknown>[]> | CardKey<unknown>[],
): Kind => ({
  beginning,
  async compare(ctx, texts) {
    return ctx.cache.compare(await keysOf(ctx, texts), (keys) => loadCards(ctx.db, keys))
  },
})

/** The ids in a key's text were branded when they were put there. */
const pair = <A extends string, B extends string>(text: string, between: string): [A, B] => {
  const [a = "", b = ""] = text.split(between)
  return [a as A, b as B]
}

/** A mark does not name the post's owner, who is asked for; what belongs to posts that are gone is left out. */
async function favouriteKeys({ db }: Context, texts: readonly string[]): Promise<CardKey<unknown>[]> {
  const marks = texts.map((text) => pair<PostId, AccountId>(text, "<"))
  const ids = [...new Set(marks.map(([postId]) => postId))]
  const rows = await db
    .select({ id: posts.id, ownerId: posts.ownerId })
    .from(posts)
    .where(inArray(posts.id, ids))
  const owners = new Map(rows.map(({ id, ownerId }) => [id, ownerId]))
  return marks.flatMap(([postId, accountId]) => {
    const ownerId = owners.get(postId)
    return ownerId ? [favouriteMark.key({ ownerId, postId, accountId })] : []
  })
}

const kinds: readonly Kind[] = [
  ofCards(accountCard, (_ctx, texts) => texts.map((text) => accountCard.key(text as AccountId))),
  ofCards(postCard, (_ctx, texts) => texts.map((text) => postCard.key(text as PostId))),
  ofCards(tieCard, (_ctx, texts) =>
    texts.map((text) => {
      const [followerId, followeeId] = pair<AccountId, AccountId>(text, ">")
      return tieCard.key({ followerId, followeeId })
    }),
  ),
  ofCards(bookmarkMark, (_ctx, texts) =>
    texts.map((text) => {
      const [accountId, postId] = pair<AccountId, PostId>(text, ">")
      return bookmarkMark.key({ accountId, postId })
    }),
  ),
  ofCards(favouriteMark, favouriteKeys),
  {
    beginning: tokenEntry.beginning,
    compare: ({ cache, db }, texts) =>
      cache.compare(texts.map(tokenEntry.key), async () => {
        const loaded = new Loaded()
        const rows = await db
          .select()
          .from(accessTokens)
          .where(inArray(accessTokens.tokenHash, [...texts]))
        for (const row of rows) loaded.set(tokenEntry.key(row.tokenHash), tokenCardOf(row))
        return loaded
      }),
  },
  {
    beginning: usernameEntry.beginning,
    compare: ({ cache, db }, texts) =>
      cache.compare(texts.map(usernameEntry.key), async () => {
        const loaded = new Loaded()
        const rows = await db
          .select()
          .from(usernames)
          .where(inArray(usernames.name, [...texts]))
        for (const row of rows) loaded.set(usernameEntry.key(row.name), { version: 1, value: row.accountId })
        return loaded
      }),
  },
]

/** More are not listed, only dropped. */
const MOST_LISTED = 1000

/**
 * Compares all that is cached with the database, some hundred keys at a time.
 *
 * @param repair what is stale is dropped
 * @throws CacheUnavailable while Redis is not believed
 */
export async function verifyCache(ctx: Context, { repair }: { repair: boolean }): Promise<CacheReport> {
  const report: CacheReport = { compared: 0, stale: [], passedOver: 0 }
  for await (const keys of ctx.cache.keys()) {
    for (const { beginning, compare } of kinds) {
      const texts = keys.flatMap((key) =>
        key.startsWith(beginning) ? [key.slice(beginning.length, -1)] : [],
      )
      if (texts.length === 0) continue
      const { compared, stale } = await compare(ctx, texts)
      report.compared += compared
      report.stale.push(...stale.slice(0, Math.max(0, MOST_LISTED - report.stale.length)))
      if (repair && stale.length > 0) await ctx.cache.forget(stale.map(({ key }: Stale) => key))
    }
    report.passedOver += keys.filter(
      (key) => !kinds.some(({ beginning }) => key.startsWith(beginning)),
    ).length
  }
  return report
}
