import { useSignal } from "@preact/signals"
import type { JobClass } from "@tintype/contract"
import { useId } from "preact/hooks"
import { NotFound } from "../../shell/not-found.tsx"
import { act } from "./act.ts"
import { Chart, percentileLines, rateLines, showDuration, showRate } from "./chart.tsx"
import { jobsApi } from "./jobs-api.ts"
import { Live } from "./live.tsx"
import { usePoll } from "./poll.ts"
import { RunsTable } from "./runs-table.tsx"
import { State } from "./table.tsx"
import { counted, duration } from "./words.ts"

const MINUTES_MS = 10_000
const RANGES = [1, 6, 24] as const

/** One class: what is told to it, and how it did. */
export function ClassPage({ name }: { name: JobClass["name"] }) {
  const classes = usePoll(async (signal) => (await jobsApi.listJobClasses({ signal })).body, name)
  const refresh = classes.refresh
  return (
    <Live of={classes} what="the class">
      {(all) => {
        const found = all.find((each) => each.name === name)
        if (!found) return <NotFound />
        return (
          <>
            <h2 class="page-title">
              {name} <State of={found.state} />
            </h2>
            <p class="lead-line">
              {counted(found.waiting)} waiting
              {found.oldest_seconds !== null && `, the oldest for ${duration(found.oldest_seconds * 1000)}`}
              {`; ${found.running} of ${found.slots} running, in ${found.processes} `}
              {found.processes === 1 ? "process" : "processes"}
            </p>
            <Control of={found} refresh={refresh} />
            <Charts name={name} />
            <h3>Runs that ended last</h3>
            <RunsTable query={{ class: name }} />
          </>
        )
      }}
    </Live>
  )
}

const ACTS = [
  { state: "running", label: "Resume", done: "goes on" },
  { state: "paused", label: "Pause", done: "begins nothing any more" },
  { state: "draining", label: "Drain", done: "takes nothing new" },
] as const

/** What it means for a class to be so, and what else it could be told. */
const MEANINGS: Readonly<Record<JobClass["state"], string>> = {
  running:
    "Pause begins no more runs: work waits, and when too much does, members are told to try again later. Drain does what is there and takes nothing new from members.",
  paused:
    "Paused: no run begins, those that run go on. What is added waits, and when too much does, members are told to try again later.",
  draining: "Draining: what is there is done; members who would add to it are told to try again later.",
}

/** The number of jobs at once, as it holds now. */
const atOnce = ({ concurrency }: JobClass): string =>
  concurrency === null ? "as each process is set" : `${concurrency}, set by hand`

function Control({ of, refresh }: { of: JobClass; refresh: () => Promise<void> }) {
  const wanted = useSignal(of.concurrency === null ? "" : String(of.concurrency))
  const hint = useId()
  const change = (body: { state?: JobClass["state"]; concurrency?: number | null }, done: string) =>
    void act(() => jobsApi.changeJobClass({ params: { class: of.name }, body }), done, refresh)
  return (
    <div class="control">
      <p class="note">{MEANINGS[of.state]}</p>
      {ACTS.filter(({ state }) => state !== of.state).map(({ state, label, done }) => (
        <button
          key={state}
          type="button"
          class="button small"
          onClick={() => change({ state }, `${of.name} ${done}`)}
        >
          {label}
        </button>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const most = wanted.value === "" ? null : Number(wanted.value)
          change({ concurrency: most }, `${of.name}: ${most ?? "as set"} at once in each process`)
        }}
      >
        <label>
          Jobs at once in each process
          <input
            type="number"
            min="1"
            max="1000"
            placeholder="as set"
            aria-describedby={hint}
            value={wanted.value}
            onInput={(event) => {
              wanted.value = event.currentTarget.value
            }}
          />
        </label>
        <button type="submit" class="button small">
          Set
        </button>
        <p id={hint} class="note">
          Now: {atOnce(of)}. Empty undoes it; jobs that run go on.
        </p>
      </form>
    </div>
  )
}

function Charts({ name }: { name: JobClass["name"] }) {
  const hours = useSignal<number>(1)
  const minutes = usePoll(
    async (signal) =>
      (await jobsApi.listJobMinutes({ query: { class: name, hours: hours.value }, signal })).body,
    `${name} ${hours.value}`,
    MINUTES_MS,
  )
  return (
    <>
      <fieldset class="ranges">
        <legend class="visually-hidden">Over the last</legend>
        {RANGES.map((each) => (
          <button
            key={each}
            type="button"
            class="button small"
            aria-pressed={hours.value === each}
            onClick={() => {
              hours.value = each
            }}
          >
            {each} h
          </button>
        ))}
      </fieldset>
      <Live of={minutes} what="the figures">
        {(found) => (
          <div class="charts">
            <Chart title="Runs" lines={rateLines(found, hours.value)} hours={hours.value} show={showRate} />
            <Chart
              title="Waiting"
              lines={percentileLines(found, hours.value, "wait_ms")}
              hours={hours.value}
              show={showDuration}
            />
            <Chart
              title="Running"
              lines={percentileLines(found, hours.value, "run_ms")}
              hours={hours.value}
              show={showDuration}
            />
          </div>
        )}
      </Live>
    </>
  )
}
