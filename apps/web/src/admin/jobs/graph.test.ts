import type { WorkflowStep } from "@tintype/contract"
import { expect, test } from "vitest"
import { placeSteps } from "./graph.ts"

const step = (name: string, after: string[]): WorkflowStep => ({
  ...{
    name,
    after,
    kind: "job",
    class: "transfer",
    state: "waiting",
    error: null,
    job_id: null,
    attempts: 0,
  },
  ...{
    worker: null,
    queued_at: null,
    started_at: null,
    result: null,
    told: false,
    expects: null,
    ended_at: null,
    due_at: null,
    items: null,
    progress: null,
  },
})

test("a step stands right of all that it waits for, and below those beside it", () => {
  const diamond = [
    step("a", []),
    step("b", ["a"]),
    step("c", ["a"]),
    step("d", ["a", "c"]),
    step("e", ["b", "d"]),
  ]
  const placed = placeSteps(diamond).map(({ step: { name }, column, row }) => [name, column, row])
  expect(placed).toEqual([
    ["a", 0, 0],
    ["b", 1, 0],
    ["c", 1, 1],
    ["d", 2, 0],
    ["e", 3, 0],
  ])
})
