import type { Page } from "@tintype/queue"

export interface PageView<Item> {
  items: Item[]
  /** To be given back as `after` for the next page; null on the last one. */
  next: string | null
}

export const presentPage = <Row, View>(
  { items, next }: Page<Row>,
  present: (row: Row) => View,
): PageView<View> => ({ items: items.map(present), next: next ?? null })
