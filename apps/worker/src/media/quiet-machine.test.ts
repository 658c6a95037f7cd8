import { expect, test } from "vitest"
import { watchMachine } from "./quiet-machine.ts"

test("a machine is quiet when it had time to spare since it was looked at last", () => {
  let spent = { busy: 1_000, all: 2_000 }
  const isQuiet = watchMachine(() => spent)
  spent = { busy: 1_059, all: 2_100 }
  expect(isQuiet()).toBe(true)
  spent = { busy: 1_120, all: 2_200 }
  expect(isQuiet()).toBe(false)
  spent = { busy: 1_121, all: 2_300 }
  expect(isQuiet()).toBe(true)
})

test("a watch over this machine answers", () => {
  expect(watchMachine()()).toBeTypeOf("boolean")
})
