import { outbox } from "@tintype/db"
import { isNull } from "drizzle-orm"
import { Redis } from "ioredis"
import { expect } from "vitest"
import { ALICE } from "../testing/jobs.ts"
import { startRun, statesOf, test, workOnWorkflows } from "../testing/workflow-world.ts"
import { diamond, patient, unheard, wide } from "../testing/workflows.ts"
import { endPiece } from "./end-step.ts"
import { listWorkflowItems, listWorkflowRuns, readWorkflowRun } from "./read-workflows.ts"
import { startWorkflow } from "./start-workflow.ts"

const PATIENT = { timeout: 20_000 }
const MOST_PATIENT = { timeout: 60_000 }
const DONE = "done: first done, left done, right done, last done"

test("a diamond is done in its order, and each step is given its parents' results", async ({
  world,
  redis,
  traces,
}) => {
  const { queue } = workOnWorkflows(world.db, redis)
  const key = await startRun(world.db, diamond, {}, queue)
  await expect.poll(() => statesOf(world.db, key), PATIENT).toBe(DONE)
  const done = await traces.of(key)
  expect(done.toSorted()).toEqual(["first", "last", "left", "right"])
  expect([done[0], done[3]]).toEqual(["first", "last"])
  const run = await readWorkflowRun(world.db, key)
  expect(run?.steps.map(({ result }) => result)).toEqual([21, "left of 21", { double: 42 }, "left of 21, 42"])
  expect(run).toMatchObject({ name: "test.diamond", error: null, progress: { done: 4, total: 4 } })
  const last = run?.steps.at(-1)
  expect(last).toMatchObject({ kind: "task", class: "feed", after: ["left", "right"], attempts: 1 })
  for (const { queuedAt, startedAt, endedAt } of run?.steps ?? []) {
    expect(queuedAt?.getTime()).toBeLessThanOrEqual(startedAt?.getTime() ?? 0)
    expect(startedAt?.getTime()).toBeLessThanOrEqual(endedAt?.getTime() ?? 0)
  }
  expect(await world.db.$count(outbox)).toBe(0)
})

test("two hundred items are done four at a time, and joined in their order", async ({
  world,
  redis,
  traces,
}) => {
  const { queue } = workOnWorkflows(world.db, redis, 12)
  const key = await startRun(world.db, wide, { items: 200, ms: 1 }, queue)
  let widest = 0
  await expect
    .poll(async () => {
      const run = await readWorkflowRun(world.db, key)
      const waiting = await world.db.$count(outbox)
      widest = Math.max(widest, waiting, run?.steps[1]?.items?.active ?? 0)
      return run?.state
    }, MOST_PATIENT)
    .toBe("done")
  expect(widest).toBe(4)
  const run = await readWorkflowRun(world.db, key)
  expect(run?.steps[1]).toMatchObject({ items: { total: 200, done: 200, active: 0 } })
  expect(run?.steps[1]?.result).toEqual(Array.from({ length: 200 }, (_, n) => n ** 2))
  expect(run?.steps[2]).toMatchObject({ result: 2_646_700, progress: { done: 1, total: 2 } })
  expect(new Set(await traces.of(key)).size).toBe(200)
  const page = await listWorkflowItems(world.db, key, "square", { limit: 3, after: 100 })
  expect(page.items.map(({ index, state, result }) => [index, state, result])).toEqual([
    [101, "done", 10_201],
    [102, "done", 10_404],
    [103, "done", 10_609],
  ])
  expect(page.next).toBe(103)
}, 90_000)

test("a list without items is done at once", async ({ world, redis }) => {
  const { queue } = workOnWorkflows(world.db, redis)
  const key = await startRun(world.db, wide, { items: 0, ms: 0 }, queue)
  await expect.poll(() => statesOf(world.db, key), PATIENT).toBe("done: list done, square done, sum done")
})

test("a run goes on when the queue's Redis is wiped in the middle, with each effect once", async ({
  world,
  ownRedis,
  traces,
}) => {
  const { address } = ownRedis
  const { queue } = workOnWorkflows(world.db, address)
  const key = await startRun(world.db, wide, { items: 24, ms: 100 }, queue)
  const control = new Redis(address.queueUrl)
  for (const least of [4, 12]) {
    await expect.poll(async () => (await traces.of(key)).length, PATIENT).toBeGreaterThan(least)
    await control.flushall()
  }
  control.disconnect()
  await expect.poll(() => statesOf(world.db, key), PATIENT).toBe("done: list done, square done, sum done")
  const done = await traces.of(key)
  expect([done.length, new Set(done).size]).toEqual([24, 24])
})

test("of the last two parents that end at the same moment one starts the child", async ({
  world,
  traces,
}) => {
  for (let round = 0; round < 20; round++) {
    const key = await startRun(world.db, diamond, {})
    const piece = async (step: string) => {
      const jobId = (await readWorkflowRun(world.db, key))?.steps.find(({ name }) => name === step)?.jobId
      return { run: key, step, item: undefined, jobId: jobId ?? "" }
    }
    const end = async (step: string, result: unknown) => {
      const mine = await piece(step)
      return world.db.transaction((tx) => endPiece(tx, mine, result, async () => undefined))
    }
    await end("first", 1)
    const started = (await Promise.all([end("left", "l"), end("right", { double: 2 })])).flat()
    expect(started.map(({ name }) => name)).toEqual(["test.diamond.last"])
    await world.db.delete(outbox)
  }
  expect(traces).toBeDefined()
})

test("a signal that does not come in time fails the run", async ({ world, redis }) => {
  const { queue } = workOnWorkflows(world.db, redis)
  const key = await startRun(world.db, unheard, {}, queue)
  await expect.poll(() => statesOf(world.db, key), PATIENT).toBe("failed: word failed")
  expect(await readWorkflowRun(world.db, key)).toMatchObject({
    error: "word: PermanentFailure: no signal came in time",
  })
  expect(await world.db.$count(outbox, isNull(outbox.deadAt))).toBe(0)
})

test("a run belongs to the transaction that starts it, and its input has to fit", async ({ world }) => {
  await expect(
    world.db.transaction(async (tx) => {
      await startWorkflow(tx, unheard, ALICE, {})
      throw new Error("no")
    }),
  ).rejects.toThrow("no")
  const input = { items: "many", ms: 0 } as unknown as { items: number; ms: number }
  await expect(startRun(world.db, wide, input)).rejects.toThrow(TypeError)
  expect((await listWorkflowRuns(world.db, { state: "running", name: "test.unheard" })).items).toEqual([])
})

test("runs are listed by name, state, owner and time, page by page", async ({ world }) => {
  const start = (key: string) => startRun(world.db, patient, { key })
  const started = [await start("one"), await start("two"), await start("three")]
  const filter = { name: "test.patient", state: "running", ownerId: ALICE } as const
  const first = await listWorkflowRuns(world.db, filter, { limit: 2 })
  const second = await listWorkflowRuns(world.db, filter, { limit: 2, after: first.next ?? "" })
  const all = [...first.items, ...second.items]
  expect([first.items.length, second.items.length, second.next]).toEqual([2, 1, undefined])
  expect(all.map(({ id }) => id).toSorted()).toEqual(started.map(({ id }) => id).toSorted())
  expect(all[0]).toMatchObject({ name: "test.patient", state: "running", progress: { done: 0, total: 5 } })
  const later = { ...filter, from: new Date(Date.now() + 60_000) }
  expect((await listWorkflowRuns(world.db, later)).items).toEqual([])
})
