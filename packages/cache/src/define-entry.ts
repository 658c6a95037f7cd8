import { rememberKeys } from "./remember-keys.ts"

declare const valueType: unique symbol

/** What holds for all values of an entry. */
export interface EntryPolicy {
  readonly name: string
  readonly ttlSeconds: number
  readonly softTtlSeconds: number
  readonly absentTtlSeconds: number
  readonly maxBytes: number
  readonly firstLevel: boolean
}

/** The name of one cached value, with the type that is behind it. */
export interface CacheKey<Value> {
  readonly key: string
  readonly policy: EntryPolicy
  /** Exists for the compiler alone. */
  readonly [valueType]?: Value
}

/** A kind of cached value. */
export interface CacheEntry<Id, Value> {
  key(id: Id): CacheKey<Value>
  /** What its keys begin with, and no other entry's. */
  readonly beginning: string
  readonly policy: EntryPolicy
}

export interface EntryOptions<Id> {
  name: string
  /** Raise it when the value's shape changes: what an older process cached is then never read. */
  shape: number
  /** Give or take a tenth, so that what was cached together does not expire together. */
  ttlSeconds: number
  /**
   * A value that is older is still served, and renewed behind the reader's back: four fifths of `ttlSeconds`. Zero
   * for never.
   */
  softTtlSeconds?: number
  /** How long it is remembered that there is no such value: 30 seconds, or `ttlSeconds` if that is less. */
  absentTtlSeconds?: number
  /** A value whose JSON is longer (in UTF-16 units) is not cached, but read from the database: 64 KiB. */
  maxBytes?: number
  /**
   * Processes answer it without asking Redis, for what is read much more often than written: every write takes 110 ms.
   */
  firstLevel?: boolean
  /** Two ids that mean the same must give the same text. */
  id: (id: Id) => string
}

/**
 * Declares a kind of cached value. `Value` must survive JSON unchanged (no dates, no bigints, no undefined).
 * The braces in the key are Redis' hash tag: whatever belongs to one value lies in one slot of a cluster.
 *
 * @throws RangeError when the soft TTL is longer than the TTL
 */
export function defineEntry<Id, Value>(options: EntryOptions<Id>): CacheEntry<Id, Value> {
  const { name, shape, ttlSeconds, softTtlSeconds = ttlSeconds * 0.8, maxBytes = 64 * 1024, id } = options
  const { firstLevel = false, absentTtlSeconds = Math.min(30, ttlSeconds) } = options
  if (softTtlSeconds > ttlSeconds) throw new RangeError(`${name}: the soft TTL is longer than the TTL`)
  const policy: EntryPolicy = { name, ttlSeconds, softTtlSeconds, absentTtlSeconds, maxBytes, firstLevel }
  const beginning = `{${name}.${shape}:`
  const make = (text: string): CacheKey<Value> => ({ key: `${beginning}${text}}`, policy })
  const keyOf = firstLevel ? rememberKeys(make) : make
  return { beginning, policy, key: (of) => keyOf(id(of)) }
}
