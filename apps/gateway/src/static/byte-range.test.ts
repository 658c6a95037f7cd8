import { expect, test } from "vitest"
import { readRange } from "./byte-range.ts"

test.for([
  ["bytes=0-0", { start: 0, end: 0 }],
  ["bytes=2-5", { start: 2, end: 5 }],
  ["bytes=2-", { start: 2, end: 9 }],
  ["bytes=2-99", { start: 2, end: 9 }],
  ["bytes=-3", { start: 7, end: 9 }],
  ["bytes=-99", { start: 0, end: 9 }],
  ["BYTES=1-1", { start: 1, end: 1 }],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=99-100", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  [undefined, undefined],
  ["bytes=5-2", undefined],
  ["bytes=-", undefined],
  ["bytes=0-1,3-4", undefined],
  ["lines=0-1", undefined],
  ["bytes=a-b", undefined],
  ["bytes=1--2", undefined],
  ["bytes=99999999999999999999-", undefined],
] as const)("of ten bytes, %s is %o", ([header, range]) => {
  expect(readRange(header, 10)).toEqual(range)
})

test("of nothing, no range can be had", () => {
  expect(readRange("bytes=0-", 0)).toBe("unsatisfiable")
  expect(readRange("bytes=-1", 0)).toBe("unsatisfiable")
})
