import { expect, test } from "vitest"
import { counted, duration } from "./words.ts"

test.for([
  [0.4, "0 ms"],
  [999, "999 ms"],
  [1_000, "1.0 s"],
  [9_949, "9.9 s"],
  [42_000, "42 s"],
  [90_000, "2 min"],
  [7_200_000, "2 h"],
  [200_000_000, "2 d"],
] as const)("%d milliseconds are %s", ([ms, text]) => {
  expect(duration(ms)).toBe(text)
})

test("counts that stopped say so", () => {
  expect(counted(12)).toBe("12")
  expect(counted(10_000)).toMatch(/\+$/)
})
