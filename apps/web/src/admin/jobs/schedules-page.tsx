import { useSignal } from "@preact/signals"
import type { Schedule } from "@tintype/contract"
import { act } from "./act.ts"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { More, usePages } from "./pages.tsx"
import { usePoll } from "./poll.ts"
import { State, Table } from "./table.tsx"
import { jobPath, moment } from "./words.ts"

/** What is done at certain times, when next, and what became of it. */
export function SchedulesPage() {
  const schedules = usePoll(async (signal) => (await jobsApi.listSchedules({ signal })).body, "schedules")
  return (
    <Live of={schedules} what="the schedules">
      {(all) => (
        <ul class="worker-cards">
          {all.map((each) => (
            <ScheduleCard key={each.name} of={each} refresh={schedules.refresh} />
          ))}
        </ul>
      )}
    </Live>
  )
}

type Act = "run" | "pause" | "resume"

function ScheduleCard({ of, refresh }: { of: Schedule; refresh: () => Promise<void> }) {
  const open = useSignal(false)
  const { name, paused } = of
  const steer = (what: Act, done: string) =>
    void act(() => jobsApi.steerSchedule({ params: { name, act: what } }), `${name} ${done}`, refresh)
  return (
    <li class="class-card">
      <h2>
        {name} {paused && <State of="paused" />}
      </h2>
      <p class="mono">
        {of.cron} <span>{of.time_zone}</span>
      </p>
      <p>
        <small>
          overlap: {of.overlap}; missed: {of.missed}
        </small>
      </p>
      <p>{paused ? "No run until it is resumed." : `Next: ${of.next.slice(0, 3).map(moment).join("; ")}`}</p>
      <div class="row">
        <button type="button" class="button small" onClick={() => steer("run", "starts now")}>
          Run now
        </button>
        {paused ? (
          <button type="button" class="button small" onClick={() => steer("resume", "goes on")}>
            Resume
          </button>
        ) : (
          <button type="button" class="button small" onClick={() => steer("pause", "pauses")}>
            Pause
          </button>
        )}
        <button
          type="button"
          class="button small"
          aria-expanded={open.value}
          onClick={() => {
            open.value = !open.value
          }}
        >
          History
        </button>
      </div>
      {open.value && <History name={name} />}
    </li>
  )
}

function History({ name }: { name: string }) {
  const runs = usePages(
    async (query, signal) => (await jobsApi.listScheduleRuns({ params: { name }, query, signal })).body,
    name,
  )
  return (
    <Live of={runs} what="the history">
      {(found) =>
        found.length === 0 ? (
          <p class="none">No time has come yet.</p>
        ) : (
          <>
            <Table caption={`History of ${name}`} heads={["Time", "Cause", "Outcome", "Ended"]}>
              {found.map((run) => (
                <tr key={`${run.planned_at} ${run.job_id}`}>
                  <td>
                    {run.job_id ? (
                      <a href={jobPath(run.owner_id, run.job_id)}>{moment(run.planned_at)}</a>
                    ) : (
                      moment(run.planned_at)
                    )}
                  </td>
                  <td>{run.cause}</td>
                  <td>
                    <State of={run.outcome} />
                  </td>
                  <td>{moment(run.finished_at)}</td>
                </tr>
              ))}
            </Table>
            <More of={runs} />
          </>
        )
      }
    </Live>
  )
}
