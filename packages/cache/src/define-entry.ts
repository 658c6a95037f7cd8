declare const valueType: unique symbol

/** The name of one cached value, with the type that is behind it. */
export interface CacheKey<Value> {
  readonly key: string
  readonly ttlSeconds: number
  readonly absentTtlSeconds: number
  /** Exists for the compiler alone. */
  readonly [valueType]?: Value
}

/** A kind of cached value. */
export interface CacheEntry<Id, Value> {
  key(id: Id): CacheKey<Value>
}

export interface EntryOptions<Id> {
  name: string
  /** Raise it when the value's shape changes: what an older process cached is then never read. */
  shape: number
  ttlSeconds: number
  /** How long it is remembered that there is no such value: 30 seconds, or `ttlSeconds` if that is less. */
  absentTtlSeconds?: number
  /** Two ids that mean the same must give the same text. */
  id: (id: Id) => string
}

/**
 * Declares a kind of cached value. `Value` must survive JSON unchanged (no dates, no bigints, no undefined).
 * The braces in the key are Redis' hash tag: whatever belongs to one value lies in one slot of a cluster.
 */
export function defineEntry<Id, Value>(options: EntryOptions<Id>): CacheEntry<Id, Value> {
  const { name, shape, ttlSeconds, absentTtlSeconds = Math.min(30, ttlSeconds), id } = options
  return { key: (of) => ({ key: `{${name}.${shape}:${id(of)}}`, ttlSeconds, absentTtlSeconds }) }
}
