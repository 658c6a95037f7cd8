import { type Db, outbox, workflowRuns } from "@tintype/db"
import { eq, sql } from "drizzle-orm"
import { expect } from "vitest"
import { listAudit } from "../audit.ts"
import { type DeadLetters, openDeadLetters } from "../dead-letters.ts"
import { ALICE } from "../testing/jobs.ts"
import { startRun, statesOf, test, workOnWorkflows } from "../testing/workflow-world.ts"
import { diamond, patient, testWorkflows, wide, workflowJobs } from "../testing/workflows.ts"
import { operateWorkflows } from "./operate-workflows.ts"
import type { RunKey } from "./run-rows.ts"
import { forgetWorkflowRuns } from "./tidy-workflows.ts"

const PATIENT = { timeout: 20_000 }
const DONE = "done: first done, left done, right done, last done"

/** The dead letters of one run. */
const lettersOf = async (letters: DeadLetters, { id }: RunKey) =>
  (await letters.list()).items.filter(({ runId }) => runId === id)

const relent = (db: Db, { id }: RunKey, input: object = {}) =>
  db.update(workflowRuns).set({ input }).where(eq(workflowRuns.id, id))

test("a step that failed for good is among the dead letters, and is tried again from there", async ({
  world,
  redis,
  traces: _,
}) => {
  const { db } = world
  const { queue } = workOnWorkflows(db, redis)
  const letters = openDeadLetters({ db, jobs: workflowJobs, queue })
  const key = await startRun(db, diamond, { fail: ["last"] }, queue)
  await expect.poll(() => statesOf(db, key), PATIENT).toMatch(/^failed: first undone/)
  const items = await lettersOf(letters, key)
  expect(items).toMatchObject([
    {
      name: "test.diamond.last",
      reason: "refused",
      error: "PermanentFailure: last failed",
      payload: { runId: key.id },
      runId: key.id,
    },
  ])
  const [letter = key] = items
  await expect(letters.edit(ALICE, letter, { runId: key.id, item: 3 })).rejects.toThrow("is a step")
  await relent(db, key)
  expect(await letters.retry(ALICE, [letter])).toBe(1)
  expect(await lettersOf(letters, key)).toEqual([])
  await expect.poll(() => statesOf(db, key), PATIENT).toBe(DONE)
  expect(await letters.retry(ALICE, [letter])).toBe(0)
  const audit = await listAudit(db, {}, letter.id)
  expect(audit.items).toMatchObject([{ action: "dead-letter.retry", detail: { runId: key.id } }])
})

test("tried again in its run, it is a dead letter no more; discarded, its run stays as it is", async ({
  world,
  redis,
  traces: _,
}) => {
  const { db } = world
  const { queue } = workOnWorkflows(db, redis)
  const letters = openDeadLetters({ db, jobs: workflowJobs, queue })
  const operate = operateWorkflows({ db, queue, workflows: testWorkflows })
  const key = await startRun(db, wide, { items: 3, failAt: 1, ms: 1 }, queue)
  const FAILED = /^failed: list done, square failed/
  await expect.poll(() => statesOf(db, key), PATIENT).toMatch(FAILED)
  expect(await lettersOf(letters, key)).toMatchObject([{ payload: { runId: key.id, item: 1 } }])
  expect(await operate.retryWorkflowStep(ALICE, key, "square")).toBe(true)
  await expect.poll(() => statesOf(db, key), PATIENT).toMatch(FAILED)
  const items = await lettersOf(letters, key)
  expect(items).toHaveLength(1)
  expect(await letters.discard(ALICE, items)).toBe(1)
  expect(await statesOf(db, key)).toMatch(FAILED)
  await relent(db, key, { items: 3, ms: 1 })
  expect(await operate.retryWorkflowStep(ALICE, key, "square")).toBe(true)
  await expect.poll(() => statesOf(db, key), PATIENT).toBe("done: list done, square done, sum done")
})

test("what could not be taken back goes first, and what failed when that is done", async ({
  world,
  redis,
  traces: _,
}) => {
  const { db } = world
  const { queue } = workOnWorkflows(db, redis)
  const letters = openDeadLetters({ db, jobs: workflowJobs, queue })
  const key = await startRun(db, diamond, { fail: ["last", "undo left"] }, queue)
  const end = "failed: first undone, left stuck, right undone, last failed"
  await expect.poll(() => statesOf(db, key), PATIENT).toBe(end)
  const items = await lettersOf(letters, key)
  expect(items.map(({ name }) => name).sort()).toEqual(["test.diamond.last", "test.diamond.left"])
  const failed = items.filter(({ name }) => name === "test.diamond.last")
  expect(await letters.retry(ALICE, failed)).toBe(0)
  await relent(db, key)
  expect(await letters.retryAll(ALICE, { class: "feed" })).toBe(1)
  await expect.poll(() => statesOf(db, key), PATIENT).toBe(end.replace("stuck", "undone"))
  expect(await letters.retryAll(ALICE, { class: "feed" })).toBe(1)
  await expect.poll(() => statesOf(db, key), PATIENT).toBe(DONE)
})

test("it stays while another run of its key goes on, and is forgotten with its run", async ({
  world,
  redis,
  traces: _,
}) => {
  const { db } = world
  const { queue } = workOnWorkflows(db, redis)
  const letters = openDeadLetters({ db, jobs: workflowJobs, queue })
  const key = await startRun(db, patient, { key: "one" })
  await db.execute(sql`update outbox set due_at = now(), resend_at = now() where name = 'test.patient.never'`)
  await expect.poll(() => statesOf(db, key), PATIENT).toMatch(/never failed/)
  const items = await lettersOf(letters, key)
  expect(items).toMatchObject([{ name: "test.patient.never", runId: key.id }])
  const other = await startRun(db, patient, { key: "one" })
  expect(await letters.retry(ALICE, items)).toBe(0)
  expect(await lettersOf(letters, key)).toHaveLength(1)
  await operateWorkflows({ db, queue, workflows: testWorkflows }).cancelWorkflowRun(ALICE, other)
  while ((await forgetWorkflowRuns(db, 0, 1_000)) > 0);
  expect(await lettersOf(letters, key)).toEqual([])
  expect(await db.$count(outbox)).toBe(0)
})
