import { expect, test } from "vitest"
import { pathOf, stepsOf } from "./chart.tsx"

const MINUTE = 60_000
const now = 1_000_000 * 12 * MINUTE + 30_000

const aMinute = (ago: number, runs: number) => ({
  class: "feed",
  at: new Date(now - ago).toISOString(),
  runs,
  failed: 0,
  wait_ms: [1, 2, 3],
  run_ms: [1, 2, 3],
})

test("minutes stand at their place, the newest last, with gaps between", () => {
  const steps = stepsOf(
    [aMinute(0, 7), aMinute(2 * MINUTE, 5), aMinute(90 * MINUTE, 9)],
    1,
    now,
    ({ runs }) => runs,
  )
  expect(steps).toHaveLength(60)
  expect(steps.slice(-3)).toEqual([5, null, 7])
  expect(steps.filter((step) => step !== null)).toEqual([5, 7])
})

test("over more hours a step is as many minutes", () => {
  const steps = stepsOf([aMinute(0, 7), aMinute(12 * MINUTE, 5)], 12, now, ({ runs }) => runs)
  expect(steps.slice(-2)).toEqual([5, 7])
})

test("a value between gaps is drawn, though no line leads to it", () => {
  expect(pathOf([null, 1, null, 1, 2], 2)).toMatch(/^M\S+ \S+h0M\S+ \S+h0L\S+ \S+$/)
})
