import { expect, test } from "vitest"
import { Line } from "./line.ts"

test("those who wait stand in the order in which they came", () => {
  const line = new Line<string>()
  const [a, b, c, d] = ["a", "b", "c", "d"].map((each) => line.join(each))
  if (!a || !b || !c || !d) throw new Error("nobody came")

  line.leave(b)
  expect(line.toArray()).toEqual(["a", "c", "d"])
  line.leave(a)
  line.leave(d)
  expect(line.toArray()).toEqual(["c"])
  line.join("e")
  expect(line.toArray()).toEqual(["c", "e"])
  line.leave(c)
  expect(line.toArray()).toEqual(["e"])
  expect(line.first?.value).toBe("e")
  expect(line.length).toBe(1)
})

test("who has left leaves once, and takes nobody along", () => {
  const line = new Line<string>()
  const only = line.join("only")
  line.leave(only)
  line.join("next")
  line.leave(only)

  expect(line.toArray()).toEqual(["next"])
  expect(line.length).toBe(1)
})
