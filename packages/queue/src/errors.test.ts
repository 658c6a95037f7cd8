import { expect, test } from "vitest"
import { errorText, isPermanent, PermanentFailure } from "./errors.ts"

test("an error is told with its causes, and without a statement's parameters", () => {
  const cause = new Error("duplicate key")
  const error = new Error("Failed query: insert into t values ($1)\nparams: secret", { cause })
  expect(errorText(error)).toBe("Error: Failed query: insert into t values ($1); Error: duplicate key")
})

test("anything thrown can be told, however long", () => {
  expect(errorText("plain")).toBe("plain")
  expect(errorText(new Error("x".repeat(10_000)))).toHaveLength(2_000)
  const circular = new Error("round")
  circular.cause = circular
  expect(errorText(circular)).toContain("round")
})

test("an error is permanent when it says so", () => {
  expect(isPermanent(new PermanentFailure("no"))).toBe(true)
  expect(isPermanent(Object.assign(new Error("refused"), { permanent: true }))).toBe(true)
  expect(isPermanent(Object.assign(new Error("busy"), { permanent: false }))).toBe(false)
  expect(isPermanent(new Error("broken"))).toBe(false)
})
