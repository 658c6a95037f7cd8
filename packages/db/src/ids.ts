declare const kind: unique symbol

/**
 * A 64-bit id as a decimal string: JSON numbers would lose its last digits. Laid out as Instagram's ("Sharding &
 * IDs at Instagram", 2011): milliseconds since 2025-01-01 · 13 bits for the owner's shard · 10 bits of sequence.
 * Signed, it lasts until the autumn of 2059. `next_id()` in the first migration makes them.
 */
export type Id<Kind extends string = string> = string & { readonly [kind]: Kind }

export type AccountId = Id<"account">
export type MediaId = Id<"media">
export type PostId = Id<"post">
export type AppId = Id<"app">
export type ExportId = Id<"export">
export type ListId = Id<"list">

/** 2025-01-01T00:00:00Z, in milliseconds since 1970. */
export const ID_EPOCH_MS = 1_735_689_600_000

export const MAX_ID = (1n << 63n) - 1n

/** Whether text is an id in its one canonical form: no sign, no leading zero, at most 63 bits. */
export const isId = (text: string): boolean => /^[1-9]\d{0,18}$/.test(text) && BigInt(text) <= MAX_ID

/** Trusts the caller that the id is of the kind asked for; null for what is no id at all. */
export function parseId<Kind extends string>(text: string): Id<Kind> | null {
  return isId(text) ? (text as Id<Kind>) : null
}

/** A 64-bit number as an id; null for what cannot be one. */
export const idOf = <Kind extends string>(number: bigint): Id<Kind> | null =>
  number > 0n && number <= MAX_ID ? (String(number) as Id<Kind>) : null

/** The logical shard of the account that owns the thing, 0 to 8191. */
export const shardOf = (id: Id): number => Number((BigInt(id) >> 10n) & 8191n)

/** No id made at this time, in milliseconds since 1970, or later is less, and none made before is as great. */
export const firstIdAt = (time: number): string => String(BigInt(time - ID_EPOCH_MS) << 23n)

/** When the id was made. */
export const timeOf = (id: Id): Date => new Date(Number(BigInt(id) >> 23n) + ID_EPOCH_MS)
