import { expect, test } from "vitest"
import { covers, coversAll, parseScopes } from "./scopes.ts"

test.for([
  [["read"], "read:statuses", true],
  [["read"], "read", true],
  [["read:statuses"], "read:statuses", true],
  [["read:statuses"], "read", false],
  [["read:statuses"], "read:accounts", false],
  [["read:statuses"], "write:statuses", false],
  [["read"], "write:statuses", false],
  [["write"], "read:statuses", false],
  [["follow"], "write:follows", true],
  [["follow"], "read:follows", true],
  [["follow"], "write:statuses", false],
  [["admin:read"], "admin:read:accounts", true],
  [["admin:read"], "read:accounts", false],
  [["write"], "admin:write", false],
  [["rea"], "read", false],
  [[], "read", false],
] as const)("%j covers %s: %s", ([granted, wanted, expected]) => {
  expect(covers(granted, wanted)).toBe(expected)
})

test("what is asked for lies within what was registered", () => {
  expect(coversAll(["read", "write:media"], ["read:statuses", "write:media"])).toBe(true)
  expect(coversAll(["read", "write:media"], ["read", "write"])).toBe(false)
})

test.for([
  [undefined, ["read"]],
  ["", ["read"]],
  ["read write  follow", ["read", "write", "follow"]],
  ["read+write", ["read", "write"]],
  ["read read", ["read"]],
  ["read everything", null],
  ["READ", null],
] as const)("the scopes in %j are %j", ([text, scopes]) => {
  expect(parseScopes(text)).toEqual(scopes)
})
