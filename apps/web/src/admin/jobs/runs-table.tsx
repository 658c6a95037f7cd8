import type { JobRun, QueryOf, Routes } from "@tintype/contract"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { More, usePages } from "./pages.tsx"
import { State, Table } from "./table.tsx"
import { duration, jobPath, moment } from "./words.ts"

/** Runs that ended, as a search finds them. */
export function RunsTable({ query }: { query: Partial<QueryOf<Routes["searchJobRuns"]>> }) {
  const runs = usePages(
    async (page, signal) => (await jobsApi.searchJobRuns({ query: { ...query, ...page }, signal })).body,
    JSON.stringify(query),
  )
  return (
    <Live of={runs} what="the runs">
      {(found) =>
        found.length === 0 ? (
          <p class="none">None.</p>
        ) : (
          <>
            <Runs runs={found} />
            <More of={runs} />
          </>
        )
      }
    </Live>
  )
}

const between = (from: string | null, to: string | null) =>
  from && to ? duration(Math.max(0, Date.parse(to) - Date.parse(from))) : "–"

/** Runs, each with what it waited and took. */
export function Runs({ runs }: { runs: readonly JobRun[] }) {
  return (
    <Table caption="Runs" heads={["Job", "State", "Run", "Waited", "Took", "Ended", "Worker", "Error"]}>
      {runs.map((run) => (
        <tr key={run.id}>
          <td>
            <a href={jobPath(run.owner_id, run.job_id)}>{run.name}</a>
          </td>
          <td>
            <State of={run.state} />
          </td>
          <td>{run.attempt}</td>
          <td>{between(run.due_at ?? run.queued_at, run.started_at)}</td>
          <td>{between(run.started_at, run.finished_at)}</td>
          <td>{moment(run.finished_at)}</td>
          <td class="mono">{run.worker}</td>
          <td class="mono">{run.error}</td>
        </tr>
      ))}
    </Table>
  )
}
