import { cacheCommands } from "./cache/verify.ts"
import type { Command } from "./command.ts"
import { deadLetterCommands } from "./jobs/dead-letters.ts"
import { scheduleCommands } from "./jobs/schedules.ts"

/** Every command there is. */
export const commands: readonly Command[] = [...deadLetterCommands, ...scheduleCommands, ...cacheCommands]
