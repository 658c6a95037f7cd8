import {
  type ClassChange,
  cancelJob,
  changeJobClass,
  listJobClasses,
  listWorkers,
  shellOperator,
} from "@tintype/domain/jobs"
import { UsageError } from "../arguments.ts"
import type { Command } from "../command.ts"
import { table } from "../table.ts"
import { keyOf, readClass } from "./parameters.ts"

const seconds = (value: number | null) => (value === null ? "-" : `${value.toFixed(1)} s`)

const tell = (word: string, change: ClassChange, summary: string): Command => ({
  words: `jobs ${word}`,
  parameters: ["CLASS"],
  summary,
  async run(ctx, { parameters: [text = ""] }) {
    const data = await changeJobClass(ctx, shellOperator, { class: readClass(text), change })
    return { lines: [`${text}: ${data.state}`], data }
  },
})

function readConcurrency(text: string): number | null {
  if (text === "default") return null
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > 1000) {
    throw new UsageError("Jobs at once: a whole number from 1 to 1000, or default.")
  }
  return value
}

export const classCommands: readonly Command[] = [
  {
    words: "jobs overview",
    summary:
      "Each class: what waits, runs and was given up. Ends with 1 where jobs wait and nobody works on them",
    async run(ctx) {
      const data = await listJobClasses(ctx, shellOperator)
      const rows = data.map((each) => [
        each.name,
        each.unattended ? "NO WORKER" : each.state,
        each.waiting,
        seconds(each.oldest_seconds),
        `${each.running}/${each.slots}`,
        each.delayed,
        each.dead,
      ])
      const heads = ["CLASS", "STATE", "WAITING", "OLDEST", "RUNNING", "LATER", "DEAD"]
      const failed = data.some(({ unattended }) => unattended)
      return { lines: table(heads, rows), data, ...(failed && { failed }) }
    },
  },
  {
    words: "jobs workers",
    summary: "The processes that take jobs, and what they run",
    async run(ctx) {
      const data = await listWorkers(ctx, shellOperator)
      const rows = data.map(({ name, since, memory_bytes, classes, jobs }) => [
        name,
        since,
        `${Math.round(memory_bytes / 1024 / 1024)} MiB`,
        classes.map((each) => `${each.name} ${each.running}/${each.concurrency}`).join(", "),
        jobs.map((job) => job.name).join(", "),
      ])
      return { lines: table(["WORKER", "SINCE", "MEMORY", "CLASSES", "RUNS"], rows), data }
    },
  },
  tell("pause", { state: "paused" }, "Begin no job of a class any more; running ones go on"),
  tell("drain", { state: "draining" }, "Do what there is of a class and refuse what members would add"),
  tell("resume", { state: "running" }, "Go on with a class"),
  {
    words: "jobs concurrency",
    parameters: ["CLASS", "NUMBER"],
    summary: "Set how many jobs of a class each process does at once; `default` for what it is set to",
    async run(ctx, { parameters: [text = "", number = ""] }) {
      const change = { concurrency: readConcurrency(number) }
      const data = await changeJobClass(ctx, shellOperator, { class: readClass(text), change })
      return { lines: [`${text}: ${data.concurrency ?? "as each process is set"}`], data }
    },
  },
  {
    words: "jobs cancel",
    parameters: ["OWNER/ID"],
    summary: "End a job wherever it is; it becomes a dead letter",
    async run(ctx, { parameters: [text = ""] }) {
      const data = await cancelJob(ctx, shellOperator, keyOf(text))
      return { lines: ["cancelled"], data }
    },
  },
]
