import { expect, test } from "vitest"
import { linkHeader } from "./link-header.ts"

const site = "https://photos.example"

test("next comes first, and leads to what is older", () => {
  expect(linkHeader(site, "/api/v1/timelines/home", { newest: "9", oldest: "5" })).toBe(
    `<${site}/api/v1/timelines/home?max_id=5>; rel="next", <${site}/api/v1/timelines/home?min_id=9>; rel="prev"`,
  )
})

test("other parameters stay, cursors are replaced", () => {
  const link = linkHeader(site, "/api/v1/x?limit=2&max_id=77&since_id=1&min_id=3&id[]=4&id[]=5", {
    newest: "9",
    oldest: "5",
  })
  const [next = ""] = link?.split(", ") ?? []
  const url = new URL(next.slice(1, next.indexOf(">")))
  expect([...url.searchParams]).toEqual([
    ["limit", "2"],
    ["id[]", "4"],
    ["id[]", "5"],
    ["max_id", "5"],
  ])
})

test("an empty page has no links", () => {
  expect(linkHeader(site, "/api/v1/x", {})).toBeUndefined()
})

test("the host of the links is the instance's, whatever the request line says", () => {
  expect(linkHeader(site, "//evil.example/api/v1/x", { oldest: "5" })).toMatch(
    /^<https:\/\/photos\.example\//,
  )
})
