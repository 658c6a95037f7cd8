import { outbox, workflowRuns } from "@tintype/db"
import { eq, isNull, sql } from "drizzle-orm"
import { expect } from "vitest"
import { listAudit } from "../audit.ts"
import { ALICE } from "../testing/jobs.ts"
import { startRun, statesOf, test, workOnWorkflows } from "../testing/workflow-world.ts"
import { diamond, patient, testWorkflows, wide } from "../testing/workflows.ts"
import { operateWorkflows } from "./operate-workflows.ts"
import { readWorkflowRun } from "./read-workflows.ts"
import { forgetWorkflowRuns, mendWorkflowRuns } from "./tidy-workflows.ts"

const PATIENT = { timeout: 20_000 }

test("when a step fails for good, what was done is taken back, the last first", async ({
  world,
  redis,
  traces,
}) => {
  const { queue } = workOnWorkflows(world.db, redis)
  const key = await startRun(world.db, diamond, { fail: ["last"] }, queue)
  const end = "failed: first undone, left undone, right undone, last failed"
  await expect.poll(() => statesOf(world.db, key), PATIENT).toBe(end)
  const [one, two, three, ...undone] = await traces.of(key)
  expect(undone).toEqual([`undo ${three}`, `undo ${two}`, `undo ${one}`])
  expect(await readWorkflowRun(world.db, key)).toMatchObject({
    error: "last: PermanentFailure: last failed",
    endedAt: expect.any(Date),
  })
  expect(await world.db.$count(outbox, isNull(outbox.deadAt))).toBe(0)
})

test("a failed step is tried again: what was taken back is done anew", async ({ world, redis, traces }) => {
  const { queue } = workOnWorkflows(world.db, redis)
  const operate = operateWorkflows({ db: world.db, queue, workflows: testWorkflows })
  const key = await startRun(world.db, diamond, { fail: ["last"] }, queue)
  await expect.poll(() => statesOf(world.db, key), PATIENT).toMatch(/^failed/)
  expect(await operate.retryWorkflowStep(ALICE, key, "left")).toBe(false)
  await world.db.update(workflowRuns).set({ input: {} }).where(eq(workflowRuns.id, key.id))
  expect(await operate.retryWorkflowStep(ALICE, key, "last")).toBe(true)
  const DONE = "done: first done, left done, right done, last done"
  await expect.poll(() => statesOf(world.db, key), PATIENT).toBe(DONE)
  const effects = await traces.of(key)
  expect(effects.filter((what) => what === "first")).toHaveLength(2)
  expect(effects.filter((what) => what === "last")).toHaveLength(1)
  expect(await operate.retryWorkflowStep(ALICE, key, "last")).toBe(false)
  const { items } = await listAudit(world.db)
  expect(items.filter(({ subject }) => subject === key.id)).toMatchObject([
    { action: "workflow.retry", actorId: ALICE, detail: { step: "last" } },
  ])
})

test("of a wide step the items that are done stay done when it is tried again, unless taken back", async ({
  world,
  redis,
  traces,
}) => {
  const { queue } = workOnWorkflows(world.db, redis)
  const operate = operateWorkflows({ db: world.db, queue, workflows: testWorkflows })
  const key = await startRun(world.db, wide, { items: 12, failAt: 9, ms: 1 }, queue)
  await expect.poll(() => statesOf(world.db, key), PATIENT).toMatch(/^failed: list done, square failed/)
  const before = await traces.of(key)
  const squares = before.filter((what) => what.startsWith("square")).map((what) => Number(what.slice(7)) ** 2)
  expect(before.filter((what) => what.startsWith("undo"))).toEqual(
    squares.toReversed().map((square) => `undo ${square}`),
  )
  await world.db
    .update(workflowRuns)
    .set({ input: { items: 12, ms: 1 } })
    .where(eq(workflowRuns.id, key.id))
  expect(await operate.retryWorkflowStep(ALICE, key, "square")).toBe(true)
  await expect.poll(() => statesOf(world.db, key), PATIENT).toBe("done: list done, square done, sum done")
  expect((await readWorkflowRun(world.db, key))?.steps[2]?.result).toBe(506)
})

test("a run that is cancelled stops where it is, and is taken back", async ({ world, redis, traces }) => {
  const { queue } = workOnWorkflows(world.db, redis)
  const operate = operateWorkflows({ db: world.db, queue, workflows: testWorkflows })
  const key = await startRun(world.db, wide, { items: 40, ms: 200 }, queue)
  await expect.poll(async () => (await traces.of(key)).length, PATIENT).toBeGreaterThan(3)
  expect(await operate.cancelWorkflowRun(ALICE, key)).toBe(true)
  expect(await operate.cancelWorkflowRun(ALICE, key)).toBe(false)
  const end = "cancelled: list done, square cancelled, sum cancelled"
  await expect.poll(() => statesOf(world.db, key), PATIENT).toBe(end)
  const all = await traces.of(key)
  const done = all.filter((what) => what.startsWith("square")).map((what) => Number(what.slice(7)) ** 2)
  expect(done.length).toBeLessThan(40)
  expect(all.filter((what) => what.startsWith("undo"))).toEqual(done.toReversed().map((n) => `undo ${n}`))
  expect(await world.db.$count(outbox, isNull(outbox.deadAt))).toBe(0)
})

test("what cannot be taken back is told, the rest is, and it can be tried again", async ({
  world,
  redis,
  traces,
}) => {
  const { queue } = workOnWorkflows(world.db, redis)
  const operate = operateWorkflows({ db: world.db, queue, workflows: testWorkflows })
  const key = await startRun(world.db, diamond, { fail: ["last", "undo left"] }, queue)
  const end = "failed: first undone, left stuck, right undone, last failed"
  await expect.poll(() => statesOf(world.db, key), PATIENT).toBe(end)
  expect((await readWorkflowRun(world.db, key))?.error).toContain("left could not be taken back")
  expect(await operate.retryWorkflowStep(ALICE, key, "last")).toBe(false)
  await world.db.update(workflowRuns).set({ input: {} }).where(eq(workflowRuns.id, key.id))
  expect(await operate.retryWorkflowStep(ALICE, key, "left")).toBe(true)
  await expect.poll(() => statesOf(world.db, key), PATIENT).toBe(end.replace("stuck", "undone"))
  expect((await traces.of(key)).at(-1)).toBe("undo left")
})

test("a run whose job somebody took away does not wait for ever", async ({ world }) => {
  const key = await startRun(world.db, diamond, {})
  await world.db.delete(outbox)
  expect(await mendWorkflowRuns(world.db)).toBe(0)
  await world.db.execute(sql`update workflow_steps set queued_at = now() - interval '2 minutes'`)
  expect(await mendWorkflowRuns(world.db)).toBe(1)
  const end = "failed: first failed, left cancelled, right cancelled, last cancelled"
  expect(await statesOf(world.db, key)).toBe(end)
})

test("runs that ended are forgotten after their days, and beyond their number", async ({ world }) => {
  const { db } = world
  const operate = operateWorkflows({
    db,
    queue: { dispatch: async () => undefined },
    workflows: testWorkflows,
  })
  const live = await startRun(db, patient, { key: "live" })
  const gone = await startRun(db, patient, { key: "gone" })
  await operate.cancelWorkflowRun(ALICE, gone)
  await db.execute(
    sql`update workflow_runs set ended_at = now() - interval '40 days' where id = ${gone.id}::uuid`,
  )
  while ((await forgetWorkflowRuns(db, 30, 1_000)) > 0);
  expect(await readWorkflowRun(db, gone)).toBeUndefined()
  const [one, two] = [await startRun(db, diamond, {}), await startRun(db, diamond, {})]
  for (const key of [one, two]) await operate.cancelWorkflowRun(ALICE, key)
  await forgetWorkflowRuns(db, 30, 1)
  expect([await readWorkflowRun(db, one), (await readWorkflowRun(db, two))?.state]).toEqual([
    undefined,
    "cancelled",
  ])
  expect((await readWorkflowRun(db, live))?.state).toBe("running")
  const orphans = await db.execute(
    sql`select 1 from workflow_steps where run_id not in (select id from workflow_runs)`,
  )
  expect(orphans).toHaveLength(0)
})
