import { route } from "@tintype/contract"
import { Invalid, NotFound } from "@tintype/domain"
import { Type } from "typebox"
import { expect, test } from "vitest"
import { checksOf } from "./validation.ts"

const checks = checksOf(
  route({
    method: "POST",
    url: "/x/:id",
    summary: "",
    tag: "",
    auth: "anyone",
    params: Type.Object({ id: Type.String({ pattern: "^[1-9][0-9]*$" }) }),
    query: Type.Object({
      limit: Type.Integer({ minimum: 1, maximum: 40, default: 20 }),
      max_id: Type.Optional(Type.String({ pattern: "^[1-9][0-9]*$" })),
      only_media: Type.Optional(Type.Boolean()),
    }),
    body: Type.Object({
      name: Type.String({ minLength: 1, maxLength: 5 }),
      ids: Type.Array(Type.String(), { maxItems: 3, default: [] }),
      note: Type.Optional(Type.Unsafe<string | null>({ type: ["string", "null"] })),
      flag: Type.Boolean({ default: false }),
      fields: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
      source: Type.Optional(
        Type.Object({ privacy: Type.Optional(Type.Unsafe<string>({ type: "string", enum: ["public"] })) }),
      ),
    }),
    response: {},
  }),
)

function refusalOf(body: unknown): Invalid {
  try {
    checks.body(body)
  } catch (error) {
    if (error instanceof Invalid) return error
  }
  throw new Error("was not refused")
}

test("a path with a malformed id leads nowhere", () => {
  expect(checks.params({ id: "12" })).toEqual({ id: "12" })
  expect(() => checks.params({ id: "search" })).toThrow(NotFound)
})

test.for([
  ["1", true],
  ["true", true],
  ["on", true],
  ["T", true],
  ["0", false],
  ["false", false],
  ["off", false],
  [true, true],
  [1, true],
  [null, false],
  ["", false],
] as const)("%s as a truth value is %s", ([flag, expected]) => {
  expect(checks.body({ name: "a", flag })).toMatchObject({ flag: expected })
})

test("another word is no truth value", () => {
  expect(refusalOf({ name: "a", flag: "maybe" }).message).toBe("Validation failed: flag must be boolean")
})

test("members that the schema does not name are dropped, at every depth", () => {
  const body = JSON.parse(
    `{"name":"a","role":"admin","__proto__":{"x":1},"constructor":1,"source":{"privacy":"public","role":"admin"}}`,
  )
  const checked = checks.body(body)
  expect(checked).toEqual({ name: "a", ids: [], flag: false, source: { privacy: "public" } })
  expect(Object.getPrototypeOf(checked)).toBe(Object.prototype)
  expect(checks.body({ name: "a", fields: [{ name: "b", verified: true }] })).toHaveProperty("fields", [
    { name: "b" },
  ])
})

test("numbers become text, and one item a list, where the schema wants so", () => {
  expect(checks.body({ name: 12, ids: 7 })).toMatchObject({ name: "12", ids: ["7"] })
  expect(checks.body({ name: "a", ids: [7, "8"] })).toMatchObject({ ids: ["7", "8"] })
})

test("null stays where the schema has null, and else means: not given", () => {
  expect(checks.body({ name: "a", note: null, ids: null, source: null })).toEqual({
    name: "a",
    note: null,
    ids: [],
    flag: false,
  })
})

test.for([
  [{}, "name can't be blank", "ERR_BLANK"],
  [{ name: "" }, "name can't be blank", "ERR_BLANK"],
  [{ name: "abcdef" }, "name is too long (maximum is 5 characters)", "ERR_TOO_LONG"],
  [{ name: {} }, "name must be string", "ERR_INVALID"],
  [{ name: "a", ids: ["1", "2", "3", "4"] }, "ids has too many items (maximum is 3)", "ERR_TOO_LONG"],
  [{ name: "a", source: { privacy: "x" } }, "source.privacy must be one of public", "ERR_INVALID"],
  ["text", "body must be object", "ERR_INVALID"],
  [[1], "body must be object", "ERR_INVALID"],
] as const)("%j is refused: %s", ([body, words, code]) => {
  const { message, details } = refusalOf(body)
  expect(message).toBe(`Validation failed: ${words}`)
  expect(Object.values(details ?? {})[0]?.[0]?.error).toBe(code)
})

test("length is counted in characters, not in code units", () => {
  expect(checks.body({ name: "👩‍🚀📷" })).toMatchObject({ name: "👩‍🚀📷" })
})

test("in a query, blank means: not given; too great a limit means: the greatest", () => {
  expect(checks.query({ max_id: "", limit: "500", only_media: "1" })).toEqual({ limit: 40, only_media: true })
  expect(checks.query({})).toEqual({ limit: 20 })
  expect(() => checks.query({ limit: "0" })).toThrow(Invalid)
  expect(() => checks.query({ limit: "ten" })).toThrow(Invalid)
  expect(() => checks.query({ max_id: ["1", "2"] })).toThrow(Invalid)
})

test("what no database holds is left out of texts, at every depth", () => {
  const text = "a\u0000b\ud800"
  expect(checks.body({ name: text, note: text, ids: [text] })).toMatchObject({
    name: "ab\ufffd",
    note: "ab\ufffd",
    ids: ["ab\ufffd"],
  })
})
