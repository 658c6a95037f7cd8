import { expect, test } from "vitest"
import { Conflict } from "./errors.ts"
import { isRolledBack } from "./unit-of-work.ts"

const failure = (code: string) => new Error("failed", { cause: Object.assign(new Error(code), { code }) })

test.for([
  ["a refusal of ours", true, new Conflict("too many")],
  ["one of the server's", true, failure("23505")],
  ["a server that is shut down", false, failure("57P01")],
  ["a connection that broke", false, failure("08006")],
  ["a socket that was closed", false, failure("CONNECTION_CLOSED")],
  ["anything else", false, new Error("who knows")],
] as const)("after %s it is certain that nothing was written: %s", ([, certain, error]) => {
  expect(isRolledBack(error)).toBe(certain)
})
