import type { Db } from "@tintype/db"
import { sql } from "drizzle-orm"
import type { Static, TSchema } from "typebox"
import { onTestFinished } from "vitest"
import type { Queue } from "../open-queue.ts"
import type { StepsTypes, Workflow } from "../workflows/define-workflow.ts"
import { readWorkflowRun } from "../workflows/read-workflows.ts"
import type { RunKey } from "../workflows/run-rows.ts"
import { startWorkflow } from "../workflows/start-workflow.ts"
import { ALICE } from "./jobs.ts"
import { startWorkflowWorkers } from "./workflow-workers.ts"
import { createTraces } from "./workflows.ts"
import { test as base, openTestQueue, type QueueAddress } from "./world.ts"

export const test = base.extend("traces", { scope: "file" }, async ({ world }) => {
  await createTraces(world.db)
  return {
    /** What was done, and taken back, in the order in which it was committed. */
    async of(key: RunKey): Promise<string[]> {
      const rows = await world.db.execute<{ what: string }>(
        sql`select what from traces where run_id = ${key.id}::uuid and what <> 'begin' order by at`,
      )
      return rows.map(({ what }) => what)
    },
  }
})

/** Workers in this process, closed when the test ends. */
export function workOnWorkflows(db: Db, { queueUrl: redisUrl, prefix }: QueueAddress, concurrency = 8) {
  const queue = openTestQueue({ queueUrl: redisUrl, prefix })
  const workers = startWorkflowWorkers({ redisUrl, prefix, db, queue, concurrency })
  onTestFinished(() => workers.close(1_000))
  return { queue, workers }
}

/** Starts a run; the workers hear of it when their sweeper does, unless there is a queue. */
export async function startRun<Input extends TSchema, S extends StepsTypes>(
  db: Db,
  workflow: Workflow<string, Input, S>,
  input: Static<Input>,
  queue?: Queue,
): Promise<RunKey> {
  const started = await db.transaction((tx) => startWorkflow(tx, workflow, ALICE, input))
  if (!started) throw new Error("another run of its key goes on")
  await queue?.dispatch(started.queued)
  return { ownerId: ALICE, id: started.id }
}

/** The states of a run and its steps: `done: first done, last done`. */
export async function statesOf(db: Db, key: RunKey): Promise<string> {
  const run = await readWorkflowRun(db, key)
  return `${run?.state}: ${run?.steps.map(({ name, state }) => `${name} ${state}`).join(", ")}`
}
