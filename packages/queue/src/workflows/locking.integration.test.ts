import { workflowRuns, workflowSteps } from "@tintype/db"
import { sql } from "drizzle-orm"
import { expect } from "vitest"
import { AlreadyDone } from "../errors.ts"
import { startRun, statesOf, test } from "../testing/workflow-world.ts"
import { diamond } from "../testing/workflows.ts"
import { endPiece } from "./end-step.ts"
import { isRun, isStepOf } from "./run-rows.ts"

test("a step that ends while its run is being stopped waits for that, and starts nothing", async ({
  world: { db },
}) => {
  const key = await startRun(db, diamond, {})
  const [first] = await db.select().from(workflowSteps).where(isStepOf(key, "first"))
  if (!first?.jobId) throw new Error("the first step has no job")
  const piece = { run: key, step: "first", item: undefined, jobId: first.jobId }
  const waiting = async () => {
    const [row] = await db.execute<{ count: number }>(sql`
      select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
    return row?.count
  }
  const end = await db.transaction(async (tx) => {
    await tx.update(workflowRuns).set({ state: "undoing" }).where(isRun(key))
    const ending = db.transaction((other) => endPiece(other, piece, 21, async () => undefined))
    const ended = ending.catch((error: unknown) => error)
    await expect.poll(waiting).toBe(1)
    return { ended }
  })
  expect(await end.ended).toBeInstanceOf(AlreadyDone)
  expect(await statesOf(db, key)).toMatch(/^undoing: first queued, left waiting/)
})
