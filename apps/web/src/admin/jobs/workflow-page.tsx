import { act } from "./act.ts"
import { AskFirst } from "./ask-first.tsx"
import { AuditTable } from "./audit-page.tsx"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { usePoll } from "./poll.ts"
import { State } from "./table.tsx"
import { moment } from "./words.ts"
import { Graph } from "./workflow-graph.tsx"
import { Lists } from "./workflow-items.tsx"
import { Steps } from "./workflow-steps.tsx"
import { Words } from "./workflow-words.tsx"

interface Key {
  owner: string
  id: string
}

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
          {found.state === "running" && (
            <div class="row">
              <AskFirst
                label="Cancel the run"
                question="Cancel this run?"
                text="What is under way has no effect, and what its steps did is taken back as far as it can be. A run that was cancelled does not go on."
                onYes={() => void act(() => jobsApi.cancelWorkflowRun({ params }), "Cancelled", refresh)}
              />
            </div>
          )}
          <Graph run={found} />
          <Words run={found} refresh={refresh} />
          <Steps run={found} refresh={refresh} />
          <Lists run={found} />
          <h3>Begun with</h3>
          <p class="mono">{JSON.stringify(found.input)}</p>
          <RunAudit id={id} />
        </>
      )}
    </Live>
  )
}
