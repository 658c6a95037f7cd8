import { expect, test } from "vitest"
import { exampleOf, shapeOf } from "./shape.ts"

const decision = {
  type: "object",
  required: ["by", "times", "of"],
  properties: {
    by: { type: "string" },
    why: { type: "string" },
    times: { type: "integer" },
    of: { type: "object", required: ["yes"], properties: { yes: { type: "boolean" } } },
  },
}

test("what a step waits for is shown as JSON to be filled in, and in words", () => {
  expect(exampleOf(decision)).toBe('{"by":"","times":0,"of":{"yes":true}}')
  expect(shapeOf(decision)).toBe(": {by: string, why?: string, times: integer, of: {yes: boolean}}")
})

test("a word without a form, or of a form that is not known, begins as null", () => {
  expect([exampleOf({ type: "null" }), shapeOf({ type: "null" })]).toEqual(["null", ": null"])
  expect([exampleOf({ anyOf: [] }), shapeOf({ anyOf: [] })]).toEqual(["null", ""])
  expect([exampleOf(null), shapeOf(null)]).toEqual(["null", ""])
})
