import { Type } from "typebox"
import { describe, expect, test } from "vitest"
import { defineWorkflow } from "./define-workflow.ts"
import { handleWorkflow } from "./handle-workflow.ts"
import type { WorkflowHandlers } from "./workflow-handlers.ts"

const work = { attempts: 1, backoffMs: [0, 0], deadlineSeconds: 1 } as const
const begin = () => defineWorkflow({ name: "test.typed", class: "feed", input: Type.Object({}) })

const typed = begin()
  .task("list", { ...work, result: Type.Array(Type.Object({ n: Type.Integer() })) })
  .each("each", { ...work, over: "list", width: 2, result: Type.String(), undo: true })
  .task("join", { ...work, after: ["each"], result: Type.Integer() })
  .build()

const each = { do: async () => "", undo: async () => undefined }

describe("the declaration of a workflow", () => {
  test("makes a job of each step, and keeps the graph as data", () => {
    expect(typed.jobs.map(({ name }) => name)).toEqual([
      "test.typed.start",
      "test.typed.list",
      "test.typed.each",
      "test.typed.join",
    ])
    expect(typed.steps[1]?.spec).toEqual({
      kind: "each",
      after: ["list"],
      over: "list",
      width: 2,
      class: "feed",
      undo: true,
    })
  })

  test("refuses two steps of one name, none at all, and what has no bound", () => {
    const result = Type.Null()
    expect(() => begin().build()).toThrow(RangeError)
    expect(() =>
      begin()
        .task("start", { ...work, result })
        .build(),
    ).toThrow(RangeError)
    const twice = begin()
      .task("one", { ...work, result })
      .task("one", { ...work, result })
    expect(() => twice.build()).toThrow(RangeError)
    expect(() =>
      begin()
        .task("list", { ...work, result: Type.Array(Type.Null()) })
        .each("each", { ...work, over: "list", width: 1_000, result }),
    ).toThrow()
    expect(() => begin().sleep("ages", { seconds: 1e9 })).toThrow()
  })

  test("knows what a step is given, at compile time", () => {
    const good: WorkflowHandlers<typeof typed> = {
      list: async () => [{ n: 1 }],
      each: { do: async ({ item }) => String(item.n), undo: async ({ result }) => void result.length },
      join: async ({ results }) => results.each.join("").length,
    }
    const bad: WorkflowHandlers<typeof typed> = {
      list: async () => [],
      each,
      // @ts-expect-error: it does not wait for the list, so it is not given it
      join: async ({ results }) => results.list,
    }
    const incomplete: WorkflowHandlers<typeof typed> = {
      ...bad,
      // @ts-expect-error: what can be taken back needs a handler that does so
      each: async () => "",
    }
    const napping = begin().sleep("nap", { seconds: 1 })
    // @ts-expect-error: a sleep gives no list to go over
    napping.each("all", { ...work, over: "nap", width: 1, result: Type.Null() })
    const options = { db: Object.create(null), queue: { dispatch: async () => undefined } }
    expect(Object.keys(handleWorkflow(options, typed, good))).toHaveLength(4)
    expect(incomplete).toBeDefined()
    const missing = { list: good.list, each }
    // @ts-expect-error: the last step has no handler
    expect(() => handleWorkflow(options, typed, missing)).toThrow("has no handler")
  })
})
