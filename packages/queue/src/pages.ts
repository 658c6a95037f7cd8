import { Type } from "typebox"
import { Compile } from "typebox/compile"

/** What a list is asked for. */
export interface PageRequest {
  /** At most; 50 unless said otherwise, never more than 200. */
  limit?: number
  /** `next` of the page before. */
  after?: string
}

export interface Page<Item> {
  items: Item[]
  /** Where the next page begins; absent on the last one. */
  next?: string
}

/** A place in a list that is ordered by a moment and an id. */
export interface Place {
  at: Date
  id: string
}

const LONGEST = 200

export const limitOf = ({ limit = 50 }: PageRequest): number => Math.max(1, Math.min(LONGEST, limit))

const Cursor = Compile(
  Type.String({ pattern: "^[0-9]{1,15}_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$" }),
)

/** Where a page begins; undefined for the first one, and for what is no cursor. */
export function placeOf({ after }: PageRequest): Place | undefined {
  if (!Cursor.Check(after)) return undefined
  const [ms = "", id = ""] = after.split("_")
  return { at: new Date(Number(ms)), id }
}

/** A page out of one row more than it may hold. */
export function pageOf<Item>(rows: readonly Item[], limit: number, place: (item: Item) => Place): Page<Item> {
  const items = rows.slice(0, limit)
  const last = rows.length > limit ? items.at(-1) : undefined
  if (!last) return { items }
  const { at, id } = place(last)
  return { items, next: `${at.getTime()}_${id}` }
}
