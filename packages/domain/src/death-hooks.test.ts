import { expect, test } from "vitest"
import { deathHooks } from "./death-hooks.ts"
import { workflows } from "./jobs.ts"

test("a job of any workflow that is given up fails its run", () => {
  const steps = workflows.flatMap((workflow) => workflow.steps.map(({ job }) => job.name))
  expect(steps.length).toBeGreaterThan(3)
  expect(Object.keys(deathHooks)).toEqual(expect.arrayContaining(steps))
})
