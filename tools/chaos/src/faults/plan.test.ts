import { expect, test } from "vitest"
import { createRandom } from "../random.ts"
import { FAULT_TYPES } from "./catalogue.ts"
import { nameOf, planFaults } from "./plan.ts"

const plan = (seed: number, count: number) => planFaults(createRandom(seed), { count, everyMs: 1_000 })

test("a seed gives the same plan again, and another one another", () => {
  expect(plan(7, 200)).toEqual(plan(7, 200))
  expect(plan(7, 200)).not.toEqual(plan(8, 200))
  expect(plan(7, 50)).toEqual(plan(7, 200).slice(0, 50))
})

test("two hundred faults are of every type there is", () => {
  const types = new Set(plan(1, 200).map(({ fault }) => `${fault.kind} ${fault.target}`))
  expect(types.size).toBe(FAULT_TYPES.flat().length)
})

test("workers are frozen for longer than the lock of a job lasts", () => {
  const frozen = plan(3, 500).flatMap(({ fault }) =>
    fault.kind === "freeze" && fault.target.endsWith("worker") ? [fault.ms] : [],
  )
  expect(Math.min(...frozen)).toBeGreaterThan(3_500)
})

test("a fault is called what it does to whom", () => {
  expect(nameOf({ kind: "kill", target: "api", replica: 1, ms: 20 })).toBe("kill api (2) 20 ms")
  expect(nameOf({ kind: "cut", target: "api>pgbouncer", ms: 0 })).toBe("cut api>pgbouncer")
})
