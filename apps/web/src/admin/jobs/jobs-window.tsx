import { JOB_CLASSES } from "@tintype/contract/limits"
import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { useLocation } from "preact-iso"
import { NotFound } from "../../shell/not-found.tsx"
import { useTitle } from "../../shell/title.ts"
import { AuditPage } from "./audit-page.tsx"
import { ClassPage } from "./class-page.tsx"
import { ClassesPage } from "./classes-page.tsx"
import { DeadLettersPage } from "./dead-letters-page.tsx"
import { JobPage } from "./job-page.tsx"
import "./jobs-window.css"
import { SchedulesPage } from "./schedules-page.tsx"
import { SearchPage } from "./search-page.tsx"
import { WorkersPage } from "./workers-page.tsx"
import { WorkflowPage } from "./workflow-page.tsx"
import { WorkflowsPage } from "./workflows-page.tsx"

const ROOT = "/admin/jobs"

const VIEWS = [
  ["", "Classes"],
  ["workers", "Workers"],
  ["search", "Search"],
  ["dead", "Dead letters"],
  ["schedules", "Schedules"],
  ["workflows", "Workflows"],
  ["audit", "Audit"],
] as const

/** The views that pages of one thing belong to. */
const PARENTS: Readonly<Record<string, string>> = { class: "", job: "search", workflow: "workflows" }

function pageOf([view = "", first = "", second = ""]: readonly string[]): ComponentChildren {
  if (view === "class") {
    const name = JOB_CLASSES.find((each) => each === first)
    return name ? <ClassPage key={name} name={name} /> : <NotFound />
  }
  if (view === "job") return <JobPage key={second} owner={first} id={second} />
  if (view === "workflow") return <WorkflowPage key={second} owner={first} id={second} />
  if (view === "") return <ClassesPage />
  if (view === "workers") return <WorkersPage />
  if (view === "search") return <SearchPage />
  if (view === "dead") return <DeadLettersPage />
  if (view === "schedules") return <SchedulesPage />
  if (view === "workflows") return <WorkflowsPage />
  if (view === "audit") return <AuditPage />
  return <NotFound />
}

/** The window on jobs: what waits, runs and failed, and the means to steer it. */
export function JobsWindow() {
  const { path } = useLocation()
  useTitle("Jobs")
  const parts = path.slice(ROOT.length).split("/").filter(Boolean).map(decodeURIComponent)
  const [first = ""] = parts
  const current = PARENTS[first] ?? first
  const views = useRef<HTMLElement>(null)
  // Where the screen is narrow, the list of views scrolls.
  useEffect(() => {
    views.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" })
  }, [current])
  return (
    <section class="jobs-window">
      <h1>Jobs</h1>
      <nav aria-label="Jobs" ref={views}>
        <ul>
          {VIEWS.map(([view, label]) => (
            <li key={view}>
              <a href={view ? `${ROOT}/${view}` : ROOT} aria-current={current === view ? "page" : undefined}>
                {label}
              </a>
            </li>
          ))}
          <li>
            <a href="/admin/gateway">Gateway</a>
          </li>
          <li>
            <a href="/admin/cache">Cache</a>
          </li>
          <li>
            <a href="/admin/timelines">Timelines</a>
          </li>
        </ul>
      </nav>
      {pageOf(parts)}
    </section>
  )
}
