import { cacheCommands } from "./cache/verify.ts"
import type { Command } from "./command.ts"
import { classCommands } from "./jobs/classes.ts"
import { deadLetterCommands } from "./jobs/dead-letters.ts"
import { scheduleCommands } from "./jobs/schedules.ts"
import { workflowCommands } from "./jobs/workflows.ts"
import { timelineCommands } from "./timelines/timelines.ts"

/** Every command there is. */
export const commands: readonly Command[] = [
  ...classCommands,
  ...deadLetterCommands,
  ...scheduleCommands,
  ...workflowCommands,
  ...cacheCommands,
  ...timelineCommands,
]
