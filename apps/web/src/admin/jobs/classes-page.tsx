import type { JobClass, JobMinutes } from "@tintype/contract"
import { Spark } from "./chart.tsx"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { usePoll } from "./poll.ts"
import { Figure, State } from "./table.tsx"
import { counted, duration } from "./words.ts"

const MINUTES_MS = 10_000

/** Every class at a glance. */
export function ClassesPage() {
  const classes = usePoll(async (signal) => (await jobsApi.listJobClasses({ signal })).body, "classes")
  const minutes = usePoll(
    async (signal) => (await jobsApi.listJobMinutes({ query: { hours: 1 }, signal })).body,
    "minutes",
    MINUTES_MS,
  )
  return (
    <Live of={classes} what="the classes of jobs">
      {(all) => (
        <>
          {all
            .filter(({ unattended }) => unattended)
            .map((each) => (
              <p key={each.name} class="alarm" role="alert">
                Jobs of the class <strong>{each.name}</strong> wait, and no process works on it.
              </p>
            ))}
          <ul class="class-cards">
            {all.map((each) => (
              <ClassCard key={each.name} of={each} minutes={minutes.data.value ?? []} />
            ))}
          </ul>
        </>
      )}
    </Live>
  )
}

function ClassCard({ of, minutes }: { of: JobClass; minutes: readonly JobMinutes[] }) {
  const own = minutes.filter((minute) => minute.class === of.name)
  const ended = own.reduce((sum, { runs }) => sum + runs, 0)
  const failed = own.reduce((sum, minute) => sum + minute.failed, 0)
  const [, p95] = own.at(-1)?.wait_ms ?? []
  return (
    <li class="class-card">
      <h2>
        <a href={`/admin/jobs/class/${of.name}`}>{of.name}</a>
        <State of={of.state} />
      </h2>
      <Spark minutes={own} label={`${ended} runs ended in the last hour, ${failed} failed`} />
      <dl>
        <Figure
          label="oldest waits"
          value={of.oldest_seconds === null ? "–" : duration(of.oldest_seconds * 1000)}
        />
        <Figure label="waiting" value={counted(of.waiting)} />
        <Figure label="running" value={`${of.running} of ${of.slots}`} />
        <Figure label="later" value={counted(of.delayed)} />
        <Figure label="dead" value={counted(of.dead)} alarming={of.dead > 0} />
        <Figure label="wait, p95" value={p95 === undefined ? "–" : duration(p95)} />
        <Figure label="ended, last hour" value={ended.toLocaleString()} />
        <Figure label="processes" value={String(of.processes)} alarming={of.unattended} />
      </dl>
    </li>
  )
}
