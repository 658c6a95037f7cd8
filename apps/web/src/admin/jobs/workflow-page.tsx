import type { WorkflowRunDetails, WorkflowStep } from "@tintype/contract"
import { act } from "./act.ts"
import { placeSteps } from "./graph.ts"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { usePoll } from "./poll.ts"
import { State, Table } from "./table.tsx"
import { jobPath, moment } from "./words.ts"

interface Key {
  owner: string
  id: string
}

const OVER = new Set(["done", "failed", "cancelled", "undone"])

/** One run of a workflow: its graph as it stands, and its steps. */
export function WorkflowPage({ owner, id }: Key) {
  const params = { owner, id }
  const run = usePoll(async (signal) => (await jobsApi.getWorkflowRun({ params, signal })).body, id)
  const { refresh } = run
  return (
    <Live of={run} what="the workflow">
      {(found) => (
        <>
          <h2 class="page-title">
            {found.name} <State of={found.state} />
          </h2>
          <p class="lead-line">
            {found.progress.done} of {found.progress.total} done; begun {moment(found.created_at)}
            {found.error && `; ${found.error}`}
          </p>
          {!OVER.has(found.state) && (
            <button
              type="button"
              class="button small danger"
              onClick={() => void act(() => jobsApi.cancelWorkflowRun({ params }), "Cancelled", refresh)}
            >
              Cancel the run
            </button>
          )}
          <Graph run={found} />
          <Steps
            steps={found.steps}
            owner={owner}
            onRetry={(step) =>
              void act(
                () => jobsApi.retryWorkflowStep({ params: { ...params, step } }),
                "Tried again",
                refresh,
              )
            }
          />
        </>
      )}
    </Live>
  )
}

const WIDTH = 150
const HEIGHT = 46
const GAP_X = 56
const GAP_Y = 22

/** The graph; the table below says the same in words. */
function Graph({ run }: { run: WorkflowRunDetails }) {
  const placed = placeSteps(run.steps)
  const at = new Map(
    placed.map(({ step, column, row }) => [
      step.name,
      { x: column * (WIDTH + GAP_X), y: row * (HEIGHT + GAP_Y) },
    ]),
  )
  const right = Math.max(0, ...placed.map(({ column }) => column)) * (WIDTH + GAP_X) + WIDTH
  const low = Math.max(0, ...placed.map(({ row }) => row)) * (HEIGHT + GAP_Y) + HEIGHT
  return (
    <div class="sheet graph">
      <svg
        width={right + 4}
        height={low + 4}
        viewBox={`-2 -2 ${right + 4} ${low + 4}`}
        role="img"
        aria-label={`Graph of ${run.name}`}
      >
        {placed.flatMap(({ step }) =>
          step.after.map((name) => {
            const [from, to] = [at.get(name), at.get(step.name)]
            if (!from || !to) return null
            const [x1, y1, y2] = [from.x + WIDTH, from.y + HEIGHT / 2, to.y + HEIGHT / 2]
            const middle = (x1 + to.x) / 2
            return (
              <path
                key={`${name} ${step.name}`}
                class="edge"
                d={`M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${to.x} ${y2}`}
              />
            )
          }),
        )}
        {placed.map(({ step }) => (
          <g
            key={step.name}
            class={`step step-${step.state}`}
            transform={`translate(${at.get(step.name)?.x} ${at.get(step.name)?.y})`}
          >
            <rect width={WIDTH} height={HEIGHT} rx="6" />
            <text x="10" y="19">
              {step.name}
            </text>
            <text x="10" y="36" class="minor">
              {step.items ? `${step.items.done} of ${step.items.total} ` : ""}
              {step.state}
            </text>
          </g>
        ))}
      </svg>
    </div>
  )
}

interface StepsProps {
  steps: readonly WorkflowStep[]
  owner: string
  onRetry: (step: string) => void
}

function Steps({ steps, owner, onRetry }: StepsProps) {
  return (
    <Table caption="Steps" heads={["Step", "Kind", "After", "State", "Items", "Runs", "Ended", "Error", ""]}>
      {steps.map((step) => (
        <tr key={step.name}>
          <td>{step.job_id ? <a href={jobPath(owner, step.job_id)}>{step.name}</a> : step.name}</td>
          <td>{step.kind}</td>
          <td>{step.after.join(", ")}</td>
          <td>
            <State of={step.state} />
          </td>
          <td>{step.items && `${step.items.done} of ${step.items.total}`}</td>
          <td>{step.attempts}</td>
          <td>{moment(step.ended_at)}</td>
          <td class="mono">{step.error}</td>
          <td>
            {step.state === "failed" && (
              <button type="button" class="button small" onClick={() => onRetry(step.name)}>
                Try again
              </button>
            )}
          </td>
        </tr>
      ))}
    </Table>
  )
}
