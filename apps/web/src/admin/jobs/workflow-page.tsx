import { act } from "./act.ts"
import { AuditTable } from "./audit-page.tsx"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { usePoll } from "./poll.ts"
import { State } from "./table.tsx"
import { moment } from "./words.ts"
import { Graph } from "./workflow-graph.tsx"
import { Steps } from "./workflow-steps.tsx"

interface Key {
  owner: string
  id: string
}

const OVER = new Set(["done", "failed", "cancelled", "undone"])

/** What was done to the run by hand. */
function RunAudit({ id }: { id: string }) {
  const entries = usePoll(
    async (signal) => (await jobsApi.listJobAudit({ query: { subject: id, limit: 50 }, signal })).body.items,
    `audit ${id}`,
  )
  return (
    <Live of={entries} what="the audit">
      {(found) =>
        found.length > 0 && (
          <>
            <h3>Done by hand</h3>
            <AuditTable entries={found} />
          </>
        )
      }
    </Live>
  )
}

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
            {found.ended_at && `, ended ${moment(found.ended_at)}`}
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
          <Steps run={found} refresh={refresh} />
          <RunAudit id={id} />
        </>
      )}
    </Live>
  )
}
