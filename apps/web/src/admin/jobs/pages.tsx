import { type Signal, useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { type Polled, usePoll } from "./poll.ts"

interface Page<T> {
  items: readonly T[]
  next: string | null
}

export type AskPage<T> = (query: { limit: number; after?: string }, signal: AbortSignal) => Promise<Page<T>>

export interface Paged<T> extends Polled<readonly T[]> {
  hasMore: Signal<boolean>
  more(): void
}

const STEP = 50
/** The API's largest page. */
const LONGEST = 200
const MOST = 1_000

/**
 * The first `wanted` of a list, page after page.
 *
 * @returns fewer where there are no more; whether there are more
 */
export async function readPages<T>(ask: AskPage<T>, wanted: number, signal: AbortSignal) {
  const items: T[] = []
  let after: string | null = null
  do {
    const limit = Math.min(LONGEST, wanted - items.length)
    const page: Page<T> = await ask({ limit, ...(after !== null && { after }) }, signal)
    items.push(...page.items)
    after = page.next
  } while (after !== null && items.length < wanted)
  return { items, hasMore: after !== null }
}

/**
 * A list that is asked for again and again, as far as it is wanted: 50 more at each wish, a thousand at most.
 *
 * @param of what the question depends on: another one begins at the first page
 */
export function usePages<T>(ask: AskPage<T>, of: string): Paged<T> {
  const wanted = useSignal(STEP)
  const hasMore = useSignal(false)
  useEffect(() => {
    wanted.value = STEP
  }, [of])
  const polled = usePoll(async (signal) => {
    const found = await readPages(ask, wanted.value, signal)
    hasMore.value = found.hasMore
    return found.items
  }, of)
  const more = () => {
    wanted.value = Math.min(MOST, wanted.value + STEP)
    void polled.refresh()
  }
  return { ...polled, hasMore, more }
}

/** The way to what is not shown yet. */
export function More<T>({ of: { hasMore, data, more } }: { of: Paged<T> }) {
  if (!hasMore.value) return null
  if ((data.value?.length ?? 0) >= MOST) return <p class="none">There are more: narrow the search.</p>
  return (
    <button type="button" class="button small" onClick={more}>
      More
    </button>
  )
}
