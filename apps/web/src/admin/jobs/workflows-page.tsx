import { useLocation } from "preact-iso"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { More, usePages } from "./pages.tsx"
import { State, Table } from "./table.tsx"
import { moment, workflowPath } from "./words.ts"

const PATH = "/admin/jobs/workflows"
const STATES = ["running", "undoing", "done", "failed", "cancelled"] as const

/** The states by which runs can be chosen; which one is, stands in the address. */
function Choices({ of }: { of: string | undefined }) {
  return (
    <nav class="ranges" aria-label="State">
      {[undefined, ...STATES].map((state) => (
        <a
          key={state ?? "all"}
          class="button small"
          href={state ? `${PATH}?state=${state}` : PATH}
          aria-current={of === state ? "true" : undefined}
        >
          {state ?? "all"}
        </a>
      ))}
    </nav>
  )
}

/** Runs of workflows, the newest first. */
export function WorkflowsPage() {
  const { state } = useLocation().query
  const wanted = STATES.find((each) => each === state)
  const runs = usePages(
    async (page, signal) =>
      (await jobsApi.listWorkflowRuns({ query: { ...page, ...(wanted && { state: wanted }) }, signal })).body,
    `workflows ${wanted}`,
  )
  return (
    <>
      <Choices of={wanted} />
      <Live of={runs} what="the workflows">
        {(found) =>
          found.length === 0 ? (
            <p class="none">{wanted ? `None is ${wanted}.` : "No workflow has run yet."}</p>
          ) : (
            <>
              <Table
                caption="Runs of workflows"
                heads={["Workflow", "State", "Progress", "Begun", "Ended", "Error"]}
              >
                {found.map((run) => (
                  <tr key={run.id}>
                    <td>
                      <a href={workflowPath(run.owner_id, run.id)}>{run.name}</a>
                    </td>
                    <td>
                      <State of={run.state} />
                    </td>
                    <td>
                      {run.progress.done} of {run.progress.total}
                    </td>
                    <td>{moment(run.created_at)}</td>
                    <td>{moment(run.ended_at)}</td>
                    <td class="mono">{run.error}</td>
                  </tr>
                ))}
              </Table>
              <More of={runs} />
            </>
          )
        }
      </Live>
    </>
  )
}
