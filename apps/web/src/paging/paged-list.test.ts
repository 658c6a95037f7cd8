import { expect, test } from "vitest"
import { append, mergeNewest, pagedList } from "./paged-list.ts"

const items = (...ids: string[]) => ids.map((id) => ({ id }))

test("a page behind brings no item twice", () => {
  expect(append(items("5", "4"), items("4", "3"))).toEqual(items("5", "4", "3"))
})

test("a fresh first page goes in front, and what vanished from its span is dropped", () => {
  expect(mergeNewest(items("6", "5", "3"), items("5", "4", "3", "2"))).toEqual(items("6", "5", "3", "2"))
})

test("a fresh first page that does not reach the old items replaces them", () => {
  expect(mergeNewest(items("9", "8"), items("5", "4"))).toEqual(items("9", "8"))
})

const pages: Record<string, { body: { id: string }[]; link: string | null }> = {
  first: { body: items("4", "3"), link: '</p?max_id=3>; rel="next"' },
  "/p?max_id=3": { body: items("2", "1"), link: '</p?max_id=1>; rel="next"' },
  "/p?max_id=1": { body: [], link: null },
}

test("a list follows its links to the end", async () => {
  const list = pagedList<{ id: string }>(
    async (href) => pages[href ?? "first"] ?? Promise.reject(new Error(href)),
  )
  expect(list.items.value).toBeUndefined()
  await list.refresh()
  await list.more()
  expect(list.ended.value).toBe(false)
  await list.more()
  expect(list.items.value).toEqual(items("4", "3", "2", "1"))
  expect(list.ended.value).toBe(true)
})

test("a page that fails is told and can be fetched again", async () => {
  let fails = true
  const list = pagedList<{ id: string }>(async () => {
    if (fails) throw new Error("no answer")
    return { body: items("1"), link: null }
  })
  await list.refresh()
  expect(list.error.value).toBeDefined()
  fails = false
  await list.refresh()
  expect([list.error.value, list.items.value]).toEqual([undefined, items("1")])
})
