import { useSignal } from "@preact/signals"
import type { WorkflowRunDetails, WorkflowStep } from "@tintype/contract"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { More, usePages } from "./pages.tsx"
import { State, Table } from "./table.tsx"
import { jobPath, moment } from "./words.ts"

/** The lists that steps of a run go over, each to be opened. */
export function Lists({ run }: { run: WorkflowRunDetails }) {
  return run.steps
    .filter(({ items }) => items !== null)
    .map((step) => <List key={step.name} run={run} step={step} />)
}

interface ListProps {
  run: WorkflowRunDetails
  step: WorkflowStep
}

function List({ run, step }: ListProps) {
  const isOpen = useSignal(false)
  return (
    <>
      <div class="row">
        <button
          type="button"
          class="button small"
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value
          }}
        >
          Items of {step.name}
        </button>
      </div>
      {isOpen.value && <Items run={run} step={step} />}
    </>
  )
}

function Items({ run, step }: ListProps) {
  const params = { owner: run.owner_id, id: run.id, step: step.name }
  const items = usePages(
    async (query, signal) => (await jobsApi.listWorkflowItems({ params, query, signal })).body,
    `${run.id} ${step.name}`,
  )
  return (
    <Live of={items} what="the items">
      {(found) => (
        <>
          <Table
            caption={`Items of ${step.name}`}
            heads={["Item", "State", "Runs", "Ended", "Gave", "Error"]}
          >
            {found.map((item) => (
              <tr key={item.index}>
                <td class="mono gist">
                  {item.job_id ? <a href={jobPath(run.owner_id, item.job_id)}>{item.value}</a> : item.value}
                </td>
                <td>
                  <State of={item.state} />
                </td>
                <td>{item.attempts}</td>
                <td>{moment(item.ended_at)}</td>
                <td class="mono gist">{item.result}</td>
                <td class="mono">{item.error}</td>
              </tr>
            ))}
          </Table>
          <More of={items} />
        </>
      )}
    </Live>
  )
}
