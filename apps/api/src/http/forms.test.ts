import { expect, test } from "vitest"
import { parseForm } from "./forms.ts"

test("lists and nested members are read as Rails writes them", () => {
  expect(parseForm("media_ids[]=1&media_ids[]=2&source[privacy]=unlisted&status=a%20b+c")).toEqual({
    media_ids: ["1", "2"],
    source: { privacy: "unlisted" },
    status: "a b c",
  })
})

test("a name that comes twice is a list", () => {
  expect(parseForm("id=1&id=2")).toEqual({ id: ["1", "2"] })
})

test("an index among the members makes a list, too", () => {
  expect(parseForm("fields[0][name]=a&fields[1][name]=b")).toEqual({ fields: [{ name: "a" }, { name: "b" }] })
})

test("nothing reaches a prototype", () => {
  const form = parseForm("__proto__[admin]=1&constructor[prototype][admin]=1&a[__proto__][admin]=1&b=1")
  expect({}).not.toHaveProperty("admin")
  expect(form).toEqual({ b: "1" })
})

test("depth and number of members are bounded", () => {
  const deep = parseForm(`a${"[b]".repeat(5000)}=1`)
  expect(JSON.stringify(deep).length).toBeLessThan(30_000)
  expect(Object.keys(parseForm(Array.from({ length: 5000 }, (_, i) => `k${i}=1`).join("&")))).toHaveLength(
    1000,
  )
})

test("escapes that are no UTF-8 do not throw", () => {
  expect(parseForm("a=%ff%zz")).toHaveProperty("a")
})
