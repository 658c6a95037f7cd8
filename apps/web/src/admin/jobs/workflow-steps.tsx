import type { WorkflowRunDetails, WorkflowStep } from "@tintype/contract"
import { act } from "./act.ts"
import { jobsApi } from "./jobs-api.ts"
import { State, Table } from "./table.tsx"
import { jobPath, moment } from "./words.ts"

interface StepsProps {
  run: WorkflowRunDetails
  refresh: () => Promise<void>
}

/** How far a step is: by its items, or by what it tells of itself, in units of its own, while it runs. */
function partOf({ items, progress, state }: WorkflowStep): string {
  if (items) return `${items.done} of ${items.total}`
  if (!progress || state !== "running") return ""
  return `${Math.floor((100 * progress.done) / Math.max(1, progress.total))} %`
}

/** The steps of a run in words, and what may be done about each. */
export function Steps({ run, refresh }: StepsProps) {
  return (
    <Table
      caption="Steps"
      heads={["Step", "Kind", "After", "State", "Done", "Runs", "Ended", "Gave", "Error"]}
    >
      {run.steps.map((step) => (
        <tr key={step.name}>
          <td>{step.job_id ? <a href={jobPath(run.owner_id, step.job_id)}>{step.name}</a> : step.name}</td>
          <td>{step.kind}</td>
          <td>{step.after.join(", ")}</td>
          <td>
            <State of={step.state} />
            <Until of={step} />
            <Remedy run={run} step={step} refresh={refresh} />
          </td>
          <td>{partOf(step)}</td>
          <td>{step.attempts}</td>
          <td>{moment(step.ended_at)}</td>
          <td class="mono gist">{step.result}</td>
          <td class="mono">{step.error}</td>
        </tr>
      ))}
    </Table>
  )
}

/** Until when it waits, and what for. */
function Until({ of: { state, due_at, told } }: { of: WorkflowStep }) {
  if (told && state === "waiting") return <p class="note">has had its word</p>
  if (!due_at || !WAITING.has(state)) return null
  return (
    <p class="note">
      {state === "queued" ? "from" : "until"} {moment(due_at)}
    </p>
  )
}

const WAITING = new Set(["listening", "sleeping", "queued"])
const AGAIN = new Set(["failed", "stuck"])

function Remedy({ run, step, refresh }: StepsProps & { step: WorkflowStep }) {
  const params = { owner: run.owner_id, id: run.id, step: step.name }
  if (!AGAIN.has(step.state) || run.ended_at === null) return null
  return (
    <button
      type="button"
      class="button small"
      onClick={() => void act(() => jobsApi.retryWorkflowStep({ params }), "Tried again", refresh)}
    >
      Try again
    </button>
  )
}
