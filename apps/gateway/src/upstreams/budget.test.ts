import { expect, test } from "vitest"
import { Budget } from "./budget.ts"

const takeAll = (budget: Budget, now: number) => {
  let taken = 0
  while (budget.take(now)) taken++
  return taken
}

test("a fifth of the requests may be sent once more, and a few a second in any case", () => {
  const now = performance.now()
  const budget = new Budget({ share: 0.2, perSecond: 10, most: 1_000 })
  takeAll(budget, now)

  for (let n = 0; n < 100; n++) budget.earn()
  const earned = takeAll(budget, now)

  expect(earned).toBeGreaterThanOrEqual(19)
  expect(earned).toBeLessThanOrEqual(21)
  expect(takeAll(budget, now + 1_000)).toBe(10)
})

test("what can be saved up has a bound", () => {
  const budget = new Budget({ share: 0.2, perSecond: 0, most: 50 })

  for (let n = 0; n < 10_000; n++) budget.earn()

  expect(takeAll(budget, performance.now())).toBe(50)
})
