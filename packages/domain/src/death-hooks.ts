import { type DeathHooks, workflowDeathHooks } from "@tintype/queue"
import { type jobs, workflows } from "./jobs.ts"
import { giveUpDeveloping } from "./media/index.ts"

/** What becomes true when a job is given up: by a worker, or by an operator who cancels it. */
export const deathHooks: DeathHooks<typeof jobs> = {
  "media.develop": (tx, { mediaId }, { ownerId }) => giveUpDeveloping(tx, ownerId, mediaId),
  ...workflowDeathHooks(workflows),
}
