import {
  type CacheEntry,
  type CacheKey,
  defineEntry,
  type EntryOptions,
  Loaded,
  rememberKeys,
  type Versioned,
} from "@tintype/cache"
import type { Db } from "@tintype/db"
import { type SQL, sql } from "drizzle-orm"
import type { Context } from "./context.ts"
import { onPrimary } from "./on-primary.ts"

/** A cached row (or the join of a few) that is read by id, alone or together with cards of other kinds. */
export interface Card<Id, Value> {
  key(id: Id): CardKey<Value>
  /** What the texts of its keys begin with. */
  readonly beginning: string
}

export interface CardKey<Value> extends CacheKey<Value> {
  readonly kind: string
  readonly idText: string
  readonly id: unknown
  readonly rows: (ids: readonly unknown[]) => SQL
}

export interface CardOptions<Id> extends Omit<EntryOptions<Id>, "id"> {
  idText: (id: Id) => string
  /** Many read the same ones: the keys of those that were asked for lately are kept. Of ids that are texts. */
  shared?: Id extends string ? true : never
  /**
   * A SELECT of `kind`, `key` (the id as text), `version` and `card` (jsonb; ids in it as text, since JSON
   * numbers would lose digits) for those of the ids that exist.
   */
  rows: (ids: readonly Id[]) => SQL
}

export function defineCard<Id, Value>(options: CardOptions<Id>): Card<Id, Value> {
  const { name: kind, idText } = options
  const entry: CacheEntry<string, Value> = defineEntry<string, Value>({ ...options, id: (text) => text })
  // Only ids of this very card reach its rows: `loadCards` groups by kind.
  const rows = (ids: readonly unknown[]) => options.rows(ids as readonly Id[])
  const make = (text: string, id: unknown): CardKey<Value> => {
    const { key, policy } = entry.key(text)
    return { key, policy, kind, idText: text, id, rows }
  }
  const known = rememberKeys((text) => make(text, text))
  return {
    beginning: entry.beginning,
    key: (id) => (options.shared ? known(idText(id)) : make(idText(id), id)),
  }
}

/** A bigint array as a parameter. */
export const bigints = (ids: readonly string[]): SQL => sql`${sql.param(`{${ids.join(",")}}`)}::bigint[]`

interface CardRow extends Record<string, unknown> {
  kind: string
  key: string
  version: number
  card: unknown
}

/** A card as it stands in Postgres, within a transaction too. */
export async function loadCard<Value>(db: Db, key: CardKey<Value>): Promise<Versioned<Value>> {
  const [row] = await db.execute<CardRow>(key.rows([key.id]))
  // The key's rows make cards of its own type.
  return row ? { version: row.version, value: row.card as Value | null } : { version: 0, value: null }
}

/** All the missing cards, of whatever kinds, by one statement. */
export async function loadCards(db: Db, keys: readonly CardKey<unknown>[]): Promise<Loaded> {
  const kinds = Map.groupBy(keys, (key) => key.kind)
  const selects = [...kinds.values()].flatMap((group) =>
    group[0] ? [sql`(${group[0].rows(group.map((key) => key.id))})`] : [],
  )
  const rows = await db.execute<CardRow>(
    sql`select * from (${sql.join(selects, sql` union all `)}) as cards where ${onPrimary}`,
  )
  const byName = new Map(keys.map((key) => [`${key.kind}:${key.idText}`, key]))
  const loaded = new Loaded()
  for (const { kind, key, version, card } of rows) {
    const wanted = byName.get(`${kind}:${key}`)
    if (wanted) loaded.set(wanted, { version, value: card })
  }
  return loaded
}

export interface Cards {
  /** Null when there is no such thing (any more). */
  get<Value>(key: CardKey<Value>): Value | null
}

/** One round trip to the cache and at most one statement to Postgres, whatever is asked for. */
export async function readCards(ctx: Context, keys: readonly CardKey<unknown>[]): Promise<Cards> {
  return ctx.cache.readMany(keys, (missing) => loadCards(ctx.db, missing))
}

export async function readCard<Value>(ctx: Context, key: CardKey<Value>): Promise<Value | null> {
  const cards = await readCards(ctx, [key])
  return cards.get(key)
}
