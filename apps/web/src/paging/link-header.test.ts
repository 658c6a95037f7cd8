import { expect, test } from "vitest"
import { linkTo } from "./link-header.ts"

const header =
  '<https://photos.example/api/v1/timelines/home?limit=20&max_id=77>; rel="next", <https://photos.example/api/v1/timelines/home?min_id=99>; rel="prev"'

test("finds the page after and the page before, without their origin", () => {
  expect(linkTo("next", header)).toBe("/api/v1/timelines/home?limit=20&max_id=77")
  expect(linkTo("prev", header)).toBe("/api/v1/timelines/home?min_id=99")
})

test("reads several relations, other parameters and unquoted values", () => {
  expect(linkTo("next", '</a?b=1,2>; title="x"; rel="last next"')).toBe("/a?b=1,2")
  expect(linkTo("next", "</a>; rel=next")).toBe("/a")
})

test.each([[null], [""], ["nonsense"], ['</a>; rel="prev"'], ['<http://[>; rel="next"']])(
  "finds no page in %j",
  (text) => {
    expect(linkTo("next", text)).toBeUndefined()
  },
)
