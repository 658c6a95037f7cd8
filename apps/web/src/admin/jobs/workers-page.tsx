import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { usePoll } from "./poll.ts"
import { duration, jobPath, mebibytes } from "./words.ts"

const since = (text: string) => duration(Date.now() - Date.parse(text))

/** The processes that take jobs right now, and what they do. */
export function WorkersPage() {
  const workers = usePoll(async (signal) => (await jobsApi.listWorkers({ signal })).body, "workers")
  return (
    <Live of={workers} what="the workers">
      {(all) => (
        <ul class="worker-cards">
          {all.length === 0 && <li class="alarm">No process takes jobs.</li>}
          {all.map((worker) => (
            <li key={worker.name} class="class-card">
              <h2>
                {worker.host} <small>process {worker.pid}</small>
              </h2>
              <p>
                for {since(worker.since)}, {mebibytes(worker.memory_bytes)}
              </p>
              <ul class="chips">
                {worker.classes.map(({ name, running, concurrency, paused }) => (
                  <li key={name} class={running > 0 ? "chip busy" : "chip"}>
                    <a href={`/admin/jobs/class/${name}`}>{name}</a> {running}/{concurrency}
                    {paused && " paused"}
                  </li>
                ))}
              </ul>
              <ul class="running">
                {worker.jobs.map((job) => (
                  <li key={job.id}>
                    <a href={jobPath(job.owner_id, job.id)}>{job.name}</a> run {job.attempt}, for{" "}
                    {since(job.started_at)}
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
      )}
    </Live>
  )
}
