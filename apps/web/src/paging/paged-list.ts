import { type ReadonlySignal, signal } from "@preact/signals"
import { tell } from "../api.ts"
import { linkTo } from "./link-header.ts"

/** A page as the API answers it. */
interface Page<T> {
  body: T[]
  link: string | null
}

export type FetchPage<T> = (href: string | undefined, signal: AbortSignal) => Promise<Page<T>>

/** What the page does at most keep in memory; further ones are reached through profiles. */
const MOST_ITEMS = 600

export interface PagedList<T> {
  /** undefined until the first page has come. */
  items: ReadonlySignal<T[] | undefined>
  loading: ReadonlySignal<boolean>
  error: ReadonlySignal<string | undefined>
  ended: ReadonlySignal<boolean>
  /** Fetches the first page again and puts what is new in front. */
  refresh(): Promise<void>
  /** Fetches the next page, if there is one and none is under way. */
  more(): Promise<void>
  replace(item: T): void
  remove(id: string): void
  /** Puts an item in front, unless it is there. */
  prepend(item: T): void
  close(): void
}

/** A list that grows page by page along `Link: rel="next"`. */
export function pagedList<T extends { id: string }>(fetchPage: FetchPage<T>): PagedList<T> {
  const items = signal<T[] | undefined>(undefined)
  const loading = signal(false)
  const error = signal<string | undefined>(undefined)
  const ended = signal(false)
  const closing = new AbortController()
  let next: string | undefined

  const load = async (href: string | undefined, accept: (page: Page<T>) => void) => {
    if (loading.value || closing.signal.aborted) return
    loading.value = true
    try {
      const page = await fetchPage(href, closing.signal)
      accept(page)
      error.value = undefined
    } catch (fault) {
      if (!closing.signal.aborted) error.value = tell(fault)
    } finally {
      loading.value = false
    }
  }
  const follow = (page: Page<T>, length: number) => {
    next = page.body.length > 0 ? linkTo("next", page.link) : undefined
    ended.value = next === undefined || length >= MOST_ITEMS
  }
  return {
    items,
    loading,
    error,
    ended,
    refresh: () =>
      load(undefined, (page) => {
        const merged = mergeNewest(page.body, items.value ?? [])
        const restarted = merged.length === page.body.length
        items.value = merged
        if (restarted) follow(page, merged.length)
      }),
    more: async () => {
      if (ended.value) return
      await load(next, (page) => {
        items.value = append(items.value ?? [], page.body)
        follow(page, items.value.length)
      })
    },
    replace: (item) => {
      items.value = items.value?.map((old) => (old.id === item.id ? item : old))
    },
    remove: (id) => {
      items.value = items.value?.filter((old) => old.id !== id)
    },
    prepend: (item) => {
      items.value = items.value && [item, ...items.value.filter((old) => old.id !== item.id)]
    },
    close: () => closing.abort(),
  }
}

/** Adds a page behind, without what is there already. */
export function append<T extends { id: string }>(items: T[], page: T[]): T[] {
  const known = new Set(items.map((item) => item.id))
  return [...items, ...page.filter((item) => !known.has(item.id))]
}

/**
 * Lays a fresh first page over a list that is newest first. Where the two overlap, what follows is kept and what
 * vanished from the page's span is dropped; where they do not, there may be a gap, so that the page alone remains.
 */
export function mergeNewest<T extends { id: string }>(page: T[], items: T[]): T[] {
  const fresh = new Set(page.map((item) => item.id))
  const lastShared = items.findLastIndex((item) => fresh.has(item.id))
  return lastShared < 0 ? page : [...page, ...items.slice(lastShared + 1)]
}
