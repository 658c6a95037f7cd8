import { expect, test } from "vitest"
import { pagedList } from "../paging/paged-list.ts"
import { directoryPages } from "./directory-pages.ts"

const members = Array.from({ length: 90 }, (_, index) => ({ id: String(index + 1) }))

test("the directory is read to its end, page by page", async () => {
  const offsets: number[] = []
  const list = pagedList(
    directoryPages(async ({ limit, offset }) => {
      offsets.push(offset)
      return { body: members.slice(offset, offset + limit), link: null }
    }),
  )
  await list.refresh()
  while (!list.ended.value) await list.more()
  expect(offsets).toEqual([0, 40, 80])
  expect(list.items.value).toEqual(members)
})
