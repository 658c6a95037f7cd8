import { expect, test } from "vitest"
import { inBatches } from "./batches.ts"

const sizesOf = <T>(batches: readonly (readonly T[])[]) => batches.map(({ length }) => length)

test("what is done at once is bounded by its number and its size, and nothing is left out", () => {
  const all = Array.from({ length: 120 }, (_, n) => n)
  expect(sizesOf(inBatches(all))).toEqual([50, 50, 20])
  expect(inBatches(all, (each) => each * 3_000).flat()).toEqual(all)
  expect(sizesOf(inBatches(all.slice(0, 5), () => 100_000))).toEqual([2, 2, 1])
  expect(sizesOf(inBatches(all.slice(0, 3), (each) => (each === 1 ? 1e6 : 1)))).toEqual([1, 1, 1])
  expect(inBatches([])).toEqual([])
})
