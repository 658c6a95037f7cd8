import { expect, test } from "vitest"
import { rememberKeys } from "./remember-keys.ts"

const open = (most?: number) => rememberKeys((id) => ({ key: `{${id}}` }), most)

test("the same id gives the same key, another one another", () => {
  const keyOf = open()
  expect(keyOf("a")).toEqual({ key: "{a}" })
  expect(keyOf("a")).toBe(keyOf("a"))
  expect(keyOf("b")).toEqual({ key: "{b}" })
})

test("only so many keys are remembered, and no long ones", () => {
  const keyOf = open(2)
  const first = keyOf("a")
  keyOf("b")
  expect(keyOf("a")).toBe(first)
  keyOf("c")
  expect(keyOf("a")).not.toBe(first)
  expect(keyOf("a")).toEqual(first)
  const long = "x".repeat(101)
  expect(keyOf(long)).not.toBe(keyOf(long))
  expect(keyOf(long)).toEqual({ key: `{${long}}` })
})
