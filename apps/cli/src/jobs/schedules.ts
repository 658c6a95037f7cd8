import {
  listScheduleRuns,
  listSchedules,
  type ScheduleAct,
  shellOperator,
  steerSchedule,
} from "@tintype/domain/jobs"
import type { Command } from "../command.ts"
import { table } from "../table.ts"

const steer = (act: ScheduleAct, summary: string, done: string): Command => ({
  words: `jobs schedules ${act}`,
  parameters: ["NAME"],
  summary,
  async run(ctx, { parameters: [name = ""] }) {
    await steerSchedule(ctx, shellOperator, { name, act })
    return { lines: [`${name}: ${done}`], data: { name, done: act } }
  },
})

export const scheduleCommands: readonly Command[] = [
  {
    words: "jobs schedules list",
    summary: "What is done at certain times",
    async run(ctx) {
      const data = await listSchedules(ctx, shellOperator)
      const rows = data.map(({ name, cron, time_zone, overlap, missed, paused, next: [next] }) => [
        name,
        cron,
        time_zone,
        overlap,
        missed,
        paused ? "paused" : next,
      ])
      return { lines: table(["NAME", "CRON", "ZONE", "OVERLAP", "MISSED", "NEXT"], rows), data }
    },
  },
  {
    words: "jobs schedules history",
    parameters: ["NAME"],
    summary: "What became of a schedule's times, the newest first",
    async run(ctx, { parameters: [name = ""] }) {
      const { items: data } = await listScheduleRuns(ctx, shellOperator, { name, page: {} })
      const rows = data.map((run) => [run.planned_at, run.cause, run.outcome, run.finished_at, run.job_id])
      return { lines: table(["TIME", "CAUSE", "OUTCOME", "FINISHED", "JOB"], rows), data }
    },
  },
  steer("run", "Start a run now, also of one that is paused", "starts within two seconds"),
  steer("pause", "Let its times pass until it is resumed", "paused"),
  steer("resume", "Go on with the next time", "resumed"),
]
