import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { usePoll } from "./poll.ts"
import { State, Table } from "./table.tsx"
import { moment } from "./words.ts"

/** Runs of workflows, the newest first. */
export function WorkflowsPage() {
  const runs = usePoll(
    async (signal) => (await jobsApi.listWorkflowRuns({ query: { limit: 50 }, signal })).body.items,
    "workflows",
  )
  return (
    <Live of={runs} what="the workflows">
      {(found) =>
        found.length === 0 ? (
          <p class="none">No workflow has run yet.</p>
        ) : (
          <Table
            caption="Runs of workflows"
            heads={["Workflow", "State", "Progress", "Begun", "Ended", "Error"]}
          >
            {found.map((run) => (
              <tr key={run.id}>
                <td>
                  <a href={`/admin/jobs/workflow/${run.owner_id}/${run.id}`}>{run.name}</a>
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
        )
      }
    </Live>
  )
}
