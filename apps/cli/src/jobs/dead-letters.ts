import {
  type Chosen,
  discardDeadLetters,
  listDeadLetters,
  retryDeadLetters,
  shellOperator,
} from "@tintype/domain/jobs"
import { UsageError } from "../arguments.ts"
import type { Command, Given } from "../command.ts"
import { table } from "../table.ts"
import { keyOf, readClass } from "./parameters.ts"

const filters = {
  name: { type: "string", summary: "only jobs of this name" },
  class: { type: "string", summary: "only jobs of this class" },
} as const

const textOf = (value: string | boolean | undefined) => (typeof value === "string" ? value : undefined)

function filterOf({ options }: Given) {
  const name = textOf(options.name)
  const jobClass = textOf(options.class)
  return { ...(name && { name }), ...(jobClass && { class: readClass(jobClass) }) }
}

/** Those that are named, or those that the filters find. @throws UsageError for neither and for both */
function chosen(given: Given): Chosen {
  const { parameters, options } = given
  const byFilter = options.all === true || options.name !== undefined || options.class !== undefined
  if (byFilter === parameters.length > 0)
    throw new UsageError("Name dead letters as OWNER/ID, or choose by --name, --class or --all.")
  return byFilter ? { filter: filterOf(given) } : { keys: parameters.map(keyOf) }
}

const choosing = { ...filters, all: { type: "boolean", summary: "all of them, 1000 at a time" } } as const

export const deadLetterCommands: readonly Command[] = [
  {
    words: "jobs dead list",
    summary: "Jobs that were given up, the newest first",
    options: filters,
    async run(ctx, given) {
      const { items: data } = await listDeadLetters(ctx, shellOperator, { filter: filterOf(given), page: {} })
      const rows = data.map(({ owner_id, id, name, reason, attempts, died_at, error }) => [
        `${owner_id}/${id}`,
        name,
        reason,
        attempts,
        died_at,
        error,
      ])
      return { lines: table(["OWNER/ID", "JOB", "REASON", "RUNS", "DIED", "ERROR"], rows), data }
    },
  },
  {
    words: "jobs dead retry",
    parameters: ["[OWNER/ID]..."],
    summary: "Send dead letters again, with all their attempts",
    options: choosing,
    async run(ctx, given) {
      const count = await retryDeadLetters(ctx, shellOperator, chosen(given))
      return { lines: [`sent again: ${count}`], data: { count } }
    },
  },
  {
    words: "jobs dead discard",
    parameters: ["[OWNER/ID]..."],
    summary: "Remove dead letters for good",
    options: choosing,
    async run(ctx, given) {
      const count = await discardDeadLetters(ctx, shellOperator, chosen(given))
      return { lines: [`discarded: ${count}`], data: { count } }
    },
  },
]
