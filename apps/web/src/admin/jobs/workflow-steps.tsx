import { useSignal } from "@preact/signals"
import type { WorkflowRunDetails, WorkflowStep } from "@tintype/contract"
import { act } from "./act.ts"
import { jobsApi } from "./jobs-api.ts"
import { State, Table } from "./table.tsx"
import { jobPath, moment, parseJson } from "./words.ts"

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
    <Table caption="Steps" heads={["Step", "Kind", "After", "State", "Done", "Runs", "Ended", "Error", ""]}>
      {run.steps.map((step) => (
        <tr key={step.name}>
          <td>{step.job_id ? <a href={jobPath(run.owner_id, step.job_id)}>{step.name}</a> : step.name}</td>
          <td>{step.kind}</td>
          <td>{step.after.join(", ")}</td>
          <td>
            <State of={step.state} />
          </td>
          <td>{partOf(step)}</td>
          <td>{step.attempts}</td>
          <td>{moment(step.ended_at)}</td>
          <td class="mono">{step.error}</td>
          <td>
            <Remedy run={run} step={step} refresh={refresh} />
          </td>
        </tr>
      ))}
    </Table>
  )
}

const AGAIN = new Set(["failed", "stuck"])
const DEAF = new Set(["done", "failed", "cancelled", "undone"])

function Remedy({ run, step, refresh }: StepsProps & { step: WorkflowStep }) {
  const params = { owner: run.owner_id, id: run.id, step: step.name }
  if (step.kind === "signal" && run.state === "running" && !DEAF.has(step.state)) {
    return (
      <SignalForm
        name={step.name}
        onSend={(payload) =>
          void act(
            () => jobsApi.signalWorkflowStep({ params, body: { payload } }),
            `${step.name} was told`,
            refresh,
          )
        }
      />
    )
  }
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

/** The word that a step waits for, as JSON. */
function SignalForm({ name, onSend }: { name: string; onSend: (payload: unknown) => void }) {
  const text = useSignal("null")
  const parsed = parseJson(text.value)
  return (
    <form
      class="row signal"
      onSubmit={(event) => {
        event.preventDefault()
        if (parsed) onSend(parsed.value)
      }}
    >
      <input
        type="text"
        aria-label={`What ${name} is told, as JSON`}
        aria-invalid={parsed ? undefined : true}
        spellcheck={false}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value
        }}
      />
      <button type="submit" class="button small" disabled={!parsed}>
        Tell
      </button>
    </form>
  )
}
