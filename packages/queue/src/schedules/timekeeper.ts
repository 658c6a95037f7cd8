import type { Db } from "@tintype/db"
import type { Logger } from "@tintype/observe"
import { errorText } from "../errors.ts"
import type { Sender } from "../sender.ts"
import type { Schedule } from "./define-schedule.ts"
import { declareSchedules, startDue } from "./start-due.ts"

export interface TimekeeperOptions {
  db: Db
  schedules: readonly Schedule[]
  sender: Sender
  log: Logger
}

/**
 * Starts what is due, once a second in every worker process.
 *
 * @throws Error when two schedules have one name
 */
export function createTimekeeper({ db, schedules, sender, log }: TimekeeperOptions) {
  const declared = new Map(schedules.map((schedule) => [schedule.name, schedule]))
  if (declared.size < schedules.length) throw new Error("two schedules have one name")
  let isDeclared = false
  return {
    async tick(): Promise<void> {
      if (schedules.length === 0) return
      if (!isDeclared) await declareSchedules(db, schedules)
      isDeclared = true
      const jobs = await startDue(db, declared)
      const unsent = jobs.filter(({ joined }) => !joined)
      if (unsent.length === 0) return
      await sender.send(unsent).catch((error: unknown) => {
        log.debug({ error: errorText(error) }, "jobs of schedules are left to the sweeper")
      })
    },
  }
}
