import type { Logger } from "@tintype/observe"
import { errorText } from "./errors.ts"
import { settledWithin, within } from "./within.ts"

const LONGEST_TASK_MS = 30_000

export interface Repeating {
  /** Does the task now rather than at the end of the interval. */
  hurry(): void
  stop(): Promise<void>
}

/**
 * Does a task again and again, `ms` after its last end and a little more at random, so that processes started together
 * drift apart. A failure is logged, the first of a row as a warning, and does not end it.
 */
export function repeat(name: string, ms: number, log: Logger, task: () => Promise<void>): Repeating {
  let wake = Promise.withResolvers<void>()
  let stopped = false
  let failing = false

  const once = async () => {
    try {
      await within(LONGEST_TASK_MS, task())
      if (failing) log.info({ task: name }, "works again")
      failing = false
    } catch (error) {
      log[failing ? "debug" : "warn"]({ task: name, error: errorText(error) }, "failed, will be tried again")
      failing = true
    }
  }
  const loop = async () => {
    while (!stopped) {
      await once()
      await settledWithin(ms * (1 + Math.random() / 10), wake.promise)
      if (!stopped) wake = Promise.withResolvers()
    }
  }
  const running = loop()
  return {
    hurry: () => wake.resolve(),
    async stop() {
      stopped = true
      wake.resolve()
      await running
    },
  }
}
