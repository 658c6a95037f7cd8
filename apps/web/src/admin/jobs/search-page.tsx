import type { QueryOf, Routes } from "@tintype/contract"
import { JOB_CLASSES } from "@tintype/contract/limits"
import { useLocation } from "preact-iso"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { More, usePages } from "./pages.tsx"
import { RunsTable } from "./runs-table.tsx"
import { Choice, type SearchProps, useWanted } from "./search-form.tsx"
import { State, Table } from "./table.tsx"
import { jobPath, moment } from "./words.ts"

const OPEN = ["waiting", "running", "delayed"] as const
const ENDED = ["done", "failed", "dead", "dropped", "released", "lost", "cancelled"] as const

type OpenQuery = Partial<QueryOf<Routes["searchJobs"]>>
type EndedQuery = Partial<QueryOf<Routes["searchJobRuns"]>>

const oneOf = <T extends string>(all: readonly T[], text: string | undefined): T | undefined =>
  all.find((each) => each === text)

/** Looks for jobs; what is looked for stands in the address. */
export function SearchPage() {
  const { query, path, route } = useLocation()
  const { name, owner, trace } = query
  const jobClass = oneOf(JOB_CLASSES, query.class)
  const ended = oneOf(ENDED, query.state)
  const open = oneOf(OPEN, query.state)
  const common = {
    ...(name && { name }),
    ...(owner && { owner }),
    ...(jobClass && { class: jobClass }),
  }
  const isOpen = open !== undefined || query.state === "unfinished"
  return (
    <>
      <SearchForm given={query} onSearch={(wanted) => route(`${path}?${new URLSearchParams(wanted)}`)} />
      {isOpen ? (
        <OpenJobs query={{ ...common, ...(open && { state: open }) }} />
      ) : (
        <RunsTable
          query={{ ...common, ...(ended && { state: ended }), ...(trace && { trace }) } satisfies EndedQuery}
        />
      )}
    </>
  )
}

const FIELDS = [
  ["name", "Job", "posts.fan-out"],
  ["owner", "Owner’s id", ""],
  ["trace", "Trace or request", ""],
] as const

function SearchForm({ given, onSearch }: SearchProps) {
  const { wanted, set, submit } = useWanted(given, onSearch)
  return (
    <form class="search" onSubmit={submit}>
      <Choice
        label="State"
        options={["unfinished", ...OPEN, ...ENDED]}
        value={wanted.state}
        onChange={set("state")}
      />
      <Choice label="Class" options={JOB_CLASSES} value={wanted.class} onChange={set("class")} />
      {FIELDS.map(([name, label, hint]) => (
        <label key={name}>
          {label}
          <input type="text" placeholder={hint} value={wanted[name] ?? ""} onInput={set(name)} />
        </label>
      ))}
      <button type="submit" class="button small primary">
        Search
      </button>
    </form>
  )
}

function OpenJobs({ query }: { query: OpenQuery }) {
  const jobs = usePages(
    async (page, signal) => (await jobsApi.searchJobs({ query: { ...query, ...page }, signal })).body,
    JSON.stringify(query),
  )
  return (
    <Live of={jobs} what="the jobs">
      {(found) =>
        found.length === 0 ? (
          <p class="none">None.</p>
        ) : (
          <>
            <Table caption="Unfinished jobs" heads={["Job", "Class", "State", "Due", "Runs", "Last error"]}>
              {found.map((job) => (
                <tr key={job.id}>
                  <td>
                    <a href={jobPath(job.owner_id, job.id)}>{job.name}</a>
                  </td>
                  <td>{job.class}</td>
                  <td>
                    <State of={job.state} />
                  </td>
                  <td>{moment(job.due_at)}</td>
                  <td>{job.attempts}</td>
                  <td class="mono">{job.last_error}</td>
                </tr>
              ))}
            </Table>
            <More of={jobs} />
          </>
        )
      }
    </Live>
  )
}
