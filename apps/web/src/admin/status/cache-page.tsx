import type { CacheStatus } from "@tintype/contract"
import { Live } from "../jobs/live.tsx"
import { usePoll } from "../jobs/poll.ts"
import { Figure, Table } from "../jobs/table.tsx"
import { moment } from "../jobs/words.ts"
import { bytes, percent } from "./amounts.ts"
import { statusApi } from "./status-api.ts"

type Process = CacheStatus["processes"][number]
type Counter = { [K in keyof Process]: Process[K] extends number ? K : never }[keyof Process]

/** What the entity caches of all processes do. */
export function CachePage() {
  const asked = usePoll(async (signal) => (await statusApi.getCacheStatus({ signal })).body, "cache")
  return (
    <Live of={asked} what="the cache">
      {(cache) => <Status of={cache} />}
    </Live>
  )
}

function Status({ of: { store, processes } }: { of: CacheStatus }) {
  const sum = (name: Counter) => processes.reduce((all, each) => all + each[name], 0)
  return (
    <>
      {!store && (
        <p class="alarm" role="alert">
          The cache's Redis is away: everything is read from the database.
        </p>
      )}
      <ul class="class-cards">
        <Reading sum={sum} />
        <Filling sum={sum} />
        <Holding sum={sum} store={store} />
      </ul>
      <h3>Processes</h3>
      <Processes of={processes} />
    </>
  )
}

type Sum = (name: Counter) => number

interface CountedProps {
  sum: Sum
  of: Counter
  label: string
  /** Whether it should be none. */
  alarms?: boolean
}

const Counted = ({ sum, of, label, alarms = false }: CountedProps) => (
  <Figure label={label} value={sum(of).toLocaleString()} alarming={alarms && sum(of) > 0} />
)

function Reading({ sum }: { sum: Sum }) {
  const hits = sum("hits")
  const first = sum("first_level_hits")
  return (
    <li class="class-card">
      <h2>Reading</h2>
      <dl class="lines">
        <Figure label="found" value={percent(hits, hits + sum("misses"))} />
        <Figure label="hits in the process" value={first.toLocaleString()} />
        <Figure label="hits in Redis" value={(hits - first).toLocaleString()} />
        <Counted sum={sum} of="absent_hits" label="known to be absent" />
        <Counted sum={sum} of="stale_serves" label="served while due for renewal" />
        <Counted sum={sum} of="misses" label="misses" />
        <Counted sum={sum} of="lease_waits" label="waits for another's fill" />
      </dl>
    </li>
  )
}

function Filling({ sum }: { sum: Sum }) {
  return (
    <li class="class-card">
      <h2>Filling</h2>
      <dl class="lines">
        <Counted sum={sum} of="loaded_keys" label="loaded from the database" />
        <Counted sum={sum} of="fills" label="loaded and put" />
        <Counted sum={sum} of="refused_fills" label="loaded, put rejected" />
        <Counted sum={sum} of="renewals" label="renewed" />
        <Counted sum={sum} of="publishes" label="written and put" />
        <Counted sum={sum} of="refused_publishes" label="written, put rejected" />
        <Counted sum={sum} of="too_large" label="too large" />
      </dl>
    </li>
  )
}

function Holding({ sum, store }: { sum: Sum; store: CacheStatus["store"] }) {
  return (
    <li class="class-card">
      <h2>Holding</h2>
      <dl class="lines">
        <Figure label="held in the processes" value={bytes(sum("first_level_bytes"))} />
        <Figure label="held in Redis" value={store ? bytes(store.used_bytes) : "–"} />
        <Figure label="room in Redis" value={store?.most_bytes ? bytes(store.most_bytes) : "–"} />
        <Figure label="characters read" value={sum("characters_read").toLocaleString()} />
        <Figure label="characters written" value={sum("characters_written").toLocaleString()} />
        <Counted sum={sum} of="compared" label="compared with the database" />
        <Counted sum={sum} of="found_stale" label="found to be old" alarms />
      </dl>
    </li>
  )
}

const HEADS = [
  "Process",
  "Redis",
  "Found",
  "First level",
  "Misses",
  "Fills",
  "Waits",
  "Compared",
  "Old",
  "Since",
]

function Processes({ of }: { of: readonly Process[] }) {
  return (
    <Table caption="Processes" heads={HEADS}>
      {of.map((each) => (
        <tr key={`${each.host} ${each.pid}`}>
          <td>
            {each.service} {each.pid} on {each.host}
          </td>
          <td>{each.in_use ? "in use" : "away"}</td>
          <td>{percent(each.hits, each.hits + each.misses)}</td>
          <td>{each.first_level_hits.toLocaleString()}</td>
          <td>{each.misses.toLocaleString()}</td>
          <td>{each.fills.toLocaleString()}</td>
          <td>{each.lease_waits.toLocaleString()}</td>
          <td>{each.compared.toLocaleString()}</td>
          <td>{each.found_stale.toLocaleString()}</td>
          <td>{moment(each.since)}</td>
        </tr>
      ))}
    </Table>
  )
}
