import { expect, test } from "vitest"
import { type AskPage, readPages } from "./pages.tsx"

const LENGTH = 430

/** A list of numbers, as the API gives it; with what it was asked for. */
function aList() {
  const limits: number[] = []
  const ask: AskPage<number> = async ({ limit, after }) => {
    limits.push(limit)
    const first = Number(after ?? 0)
    const items = Array.from({ length: Math.min(limit, LENGTH - first) }, (_, index) => first + index)
    const end = first + items.length
    return { items, next: end < LENGTH ? String(end) : null }
  }
  return { ask, limits }
}

const { signal } = new AbortController()

test("pages are put together in their order, and no more is asked for than is wanted", async () => {
  const { ask, limits } = aList()
  const { items, hasMore } = await readPages(ask, 250, signal)
  expect(items).toEqual(Array.from({ length: 250 }, (_, index) => index))
  expect([hasMore, limits]).toEqual([true, [200, 50]])
})

test("at the list's end there is no more", async () => {
  const { ask, limits } = aList()
  const { items, hasMore } = await readPages(ask, 500, signal)
  expect([items.length, hasMore, limits]).toEqual([LENGTH, false, [200, 200, 100]])
})
