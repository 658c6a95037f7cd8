import { outbox } from "@tintype/db"
import { gt } from "drizzle-orm"
import { expect } from "vitest"
import { ALICE } from "../testing/jobs.ts"
import { startRun, statesOf, test, workOnWorkflows } from "../testing/workflow-world.ts"
import { diamond, patient, testWorkflows } from "../testing/workflows.ts"
import { operateWorkflows } from "./operate-workflows.ts"
import { readWorkflowRun } from "./read-workflows.ts"
import { startWorkflow } from "./start-workflow.ts"

const PATIENT = { timeout: 15_000 }

test("a sleep and signals hold no worker, and signals may come before they are awaited", async ({
  world,
  redis,
  traces,
}) => {
  const { db } = world
  const { queue } = workOnWorkflows(db, redis, 1)
  const operate = operateWorkflows({ db, queue, workflows: testWorkflows })
  const keys = []
  for (let n = 0; n < 5; n++) keys.push(await startRun(db, patient, { key: `run ${n}` }, queue))
  const [early = keys[0], ...others] = keys
  if (!early) throw new Error("no run")
  expect(await statesOf(db, early)).toMatch(
    /^running: nap sleeping, one waiting, two waiting, never listening/,
  )
  expect(await operate.signalWorkflowStep(ALICE, early, "one", { word: "before" })).toBe("kept")
  expect(await operate.signalWorkflowStep(ALICE, early, "one", { word: "again" })).toBe("refused")
  await expect(operate.signalWorkflowStep(ALICE, early, "two", { wood: "?" })).rejects.toThrow(TypeError)
  const beside = await startRun(db, diamond, {}, queue)
  await expect.poll(() => statesOf(db, beside), PATIENT).toMatch(/^done/)
  expect(await traces.of(beside)).toHaveLength(4)
  for (const key of others)
    await expect.poll(() => statesOf(db, key), PATIENT).toContain("one listening, two listening")
  await expect.poll(() => statesOf(db, early), PATIENT).toContain("one done, two listening")
  expect(await db.$count(outbox, gt(outbox.unreported, 0))).toBe(0)
  const signals = [{ word: "after" }, { word: "too late" }].map((word) =>
    operate.signalWorkflowStep(ALICE, early, "two", word),
  )
  expect((await Promise.all(signals)).toSorted()).toEqual(["refused", "taken"])
  await expect.poll(() => statesOf(db, early), PATIENT).toContain("told done")
  const run = await readWorkflowRun(db, early)
  expect(run?.steps.find(({ name }) => name === "told")?.result).toMatch(/^before (after|too late)$/)
  expect(await operate.signalWorkflowStep(ALICE, early, "never", null)).toBe("taken")
  expect((await readWorkflowRun(db, early))?.state).toBe("done")
  expect(await operate.signalWorkflowStep(ALICE, early, "never", null)).toBe("refused")
})

test("of the runs of one key one goes on", async ({ world }) => {
  const { db } = world
  const start = () => db.transaction((tx) => startWorkflow(tx, patient, ALICE, { key: "once" }))
  const started = (await Promise.all([start(), start(), start(), start()])).filter(Boolean)
  expect(started).toHaveLength(1)
  const operate = operateWorkflows({
    db,
    queue: { dispatch: async () => undefined },
    workflows: testWorkflows,
  })
  await operate.cancelWorkflowRun(ALICE, { ownerId: ALICE, id: started[0]?.id ?? "" })
  expect(await start()).toBeDefined()
})
