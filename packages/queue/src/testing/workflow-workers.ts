import type { Db } from "@tintype/db"
import { createLogger } from "@tintype/observe"
import type { Queue } from "../open-queue.ts"
import { startWorkers } from "../start-workers.ts"
import { handleWorkflow, workflowDeathHooks } from "../workflows/handle-workflow.ts"
import {
  diamond,
  diamondHandlers,
  patient,
  patientHandlers,
  testWorkflows,
  unheard,
  wide,
  wideHandlers,
  workflowJobs,
} from "./workflows.ts"

const log = createLogger("test", "fatal")

/** What the test workflows' workers need. */
export interface WorkerOptions {
  redisUrl: string
  prefix: string
  db: Db
  queue: Queue
  concurrency: number
}

export function startWorkflowWorkers({ db, queue, concurrency, ...address }: WorkerOptions) {
  const options = { db, queue }
  return startWorkers({
    ...address,
    db,
    jobs: workflowJobs,
    handlers: {
      ...handleWorkflow(options, diamond, diamondHandlers(db)),
      ...handleWorkflow(options, wide, wideHandlers(db)),
      ...handleWorkflow(options, patient, patientHandlers),
      ...handleWorkflow(options, unheard, {}),
    },
    onDead: workflowDeathHooks(testWorkflows),
    classes: { feed: { concurrency } },
    log,
  })
}
