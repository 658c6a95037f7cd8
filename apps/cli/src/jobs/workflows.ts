import {
  cancelWorkflowRun,
  getWorkflowRun,
  listWorkflowRuns,
  retryWorkflowStep,
  shellOperator,
  signalWorkflowStep,
} from "@tintype/domain/jobs"
import { UsageError } from "../arguments.ts"
import type { Command } from "../command.ts"
import { table } from "../table.ts"
import { keyOf } from "./parameters.ts"

type Details = Awaited<ReturnType<typeof getWorkflowRun>>

const partOf = (part: { done: number; total: number } | null) => (part ? `${part.done}/${part.total}` : "")

const STATES = ["running", "undoing", "done", "failed", "cancelled"] as const

function readState(text: string) {
  const state = STATES.find((each) => each === text)
  if (!state) throw new UsageError(`A run is ${STATES.join(", ")}; not ${text}.`)
  return state
}

/** A run and how each of its steps stands. */
function linesOf({ name, state, error, steps }: Details): string[] {
  const rows = steps.map((step) => [
    step.name,
    step.kind,
    step.after.join(", "),
    step.state,
    partOf(step.items ?? step.progress),
    step.attempts,
    step.error,
  ])
  const heads = ["STEP", "KIND", "AFTER", "STATE", "DONE", "RUNS", "ERROR"]
  return [`${name}: ${state}${error ? `; ${error}` : ""}`, ...table(heads, rows)]
}

/** What a step is told, as JSON. @throws UsageError */
function readPayload(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError(`${text} is no JSON.`, { cause })
  }
}

const listing: Command = {
  words: "jobs workflows list",
  summary: "Runs of workflows, the newest first",
  options: {
    name: { type: "string", summary: "only runs of this workflow" },
    state: { type: "string", summary: `only those that are ${STATES.join(", ")}` },
  },
  async run(ctx, { options: { name, state } }) {
    const filter = {
      ...(typeof name === "string" && { name }),
      ...(typeof state === "string" && { state: readState(state) }),
    }
    const { items: data } = await listWorkflowRuns(ctx, shellOperator, { filter, page: {} })
    const rows = data.map((run) => [
      `${run.owner_id}/${run.id}`,
      run.name,
      run.state,
      partOf(run.progress),
      run.created_at,
      run.error,
    ])
    return { lines: table(["OWNER/ID", "WORKFLOW", "STATE", "DONE", "BEGUN", "ERROR"], rows), data }
  },
}

export const workflowCommands: readonly Command[] = [
  listing,
  {
    words: "jobs workflows show",
    parameters: ["OWNER/ID"],
    summary: "How each step of a run stands",
    async run(ctx, { parameters: [text = ""] }) {
      const data = await getWorkflowRun(ctx, shellOperator, keyOf(text))
      return { lines: linesOf(data), data }
    },
  },
  {
    words: "jobs workflows cancel",
    parameters: ["OWNER/ID"],
    summary: "Stop a run and have what it did taken back",
    async run(ctx, { parameters: [text = ""] }) {
      const data = await cancelWorkflowRun(ctx, shellOperator, keyOf(text))
      return { lines: linesOf(data), data }
    },
  },
  {
    words: "jobs workflows retry",
    parameters: ["OWNER/ID", "STEP"],
    summary: "Try a failed step again: its run goes on from there",
    async run(ctx, { parameters: [text = "", step = ""] }) {
      const data = await retryWorkflowStep(ctx, shellOperator, { key: keyOf(text), step })
      return { lines: linesOf(data), data }
    },
  },
  {
    words: "jobs workflows signal",
    parameters: ["OWNER/ID", "STEP", "JSON"],
    summary: "Give a step the word that it waits for, or will wait for; the first one counts",
    async run(ctx, { parameters: [text = "", step = "", json = ""] }) {
      const told = { key: keyOf(text), step, payload: readPayload(json) }
      const data = await signalWorkflowStep(ctx, shellOperator, told)
      return { lines: linesOf(data), data }
    },
  },
]
