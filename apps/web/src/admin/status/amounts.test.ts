import { expect, test } from "vitest"
import { bytes, countOf, inWords, percent, sumOf } from "./amounts.ts"

test.for([
  [0, "0 B"],
  [1_023, "1023 B"],
  [1_024, "1.0 KiB"],
  [15 * 1024, "15 KiB"],
  [3.4 * 1024 ** 3, "3.4 GiB"],
  [5_000 * 1024 ** 4, "5000 TiB"],
] as const)("%d bytes are %s", ([count, text]) => {
  expect(bytes(count)).toBe(text)
})

test("counts are added up, and told in a line", () => {
  const counts = [
    { name: "2xx", count: 3 },
    { name: "5xx", count: 1 },
  ]
  expect([sumOf(counts), countOf(counts, "5xx", "left"), inWords(counts), inWords([])]).toEqual([
    4,
    1,
    "2xx 3, 5xx 1",
    "–",
  ])
  expect([percent(1, 3), percent(0, 0)]).toEqual(["33.3 %", "–"])
})
