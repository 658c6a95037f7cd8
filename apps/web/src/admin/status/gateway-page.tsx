import type { GatewayStatus } from "@tintype/contract"
import { Live } from "../jobs/live.tsx"
import { usePoll } from "../jobs/poll.ts"
import { Figure, State, Table } from "../jobs/table.tsx"
import { duration, moment } from "../jobs/words.ts"
import { bytes, countOf, inWords, percent, sumOf } from "./amounts.ts"
import { statusApi } from "./status-api.ts"

/** What the gateway's process that answered knows: of several, now this one and now that. */
export function GatewayPage() {
  const asked = usePoll(
    async (signal) => (await statusApi.getGatewayStatus({ signal })).body.gateway,
    "gateway",
  )
  return (
    <Live of={asked} what="the gateway">
      {(gateway) => (gateway ? <Status of={gateway} /> : <p class="none">No gateway is between.</p>)}
    </Live>
  )
}

function Status({ of }: { of: GatewayStatus }) {
  return (
    <>
      <p class="lead-line">
        Process {of.pid} on {of.host}, since {moment(of.since)}
      </p>
      <ul class="class-cards">
        <Traffic of={of} />
        <Limits of={of} />
        <Cache of={of.cache} />
      </ul>
      <h3>Replicas</h3>
      <Replicas of={of.replicas} />
      <h3>Routes</h3>
      <Table caption="Routes" heads={["Route", "Answers", "Mean", "p95"]}>
        {of.routes.map(({ route, answers, mean_ms, p95_ms }) => (
          <tr key={route}>
            <td class="mono">{route}</td>
            <td>{inWords(answers)}</td>
            <td>{duration(mean_ms)}</td>
            <td>≤ {duration(p95_ms)}</td>
          </tr>
        ))}
      </Table>
      <h3>Refused by the gateway</h3>
      {of.refusals.length === 0 ? <p class="none">Nothing.</p> : <Refusals of={of.refusals} />}
    </>
  )
}

function Traffic({ of }: { of: GatewayStatus }) {
  const answers = of.routes.flatMap((route) => route.answers)
  const failed = countOf(answers, "5xx")
  return (
    <li class="class-card">
      <h2>Traffic</h2>
      <dl>
        <Figure label="requests" value={sumOf(answers).toLocaleString()} />
        <Figure label="under way" value={of.in_flight.toLocaleString()} />
        <Figure label="failed (5xx)" value={failed.toLocaleString()} alarming={failed > 0} />
        <Figure label="connections" value={of.connections.toLocaleString()} />
        <Figure label="received" value={bytes(of.received_bytes)} />
        <Figure label="streams" value={of.streams.toLocaleString()} />
        <Figure label="sent" value={bytes(of.sent_bytes)} />
        {of.extra_requests.map(({ name, count }) => (
          <Figure key={name} label={name} value={count.toLocaleString()} />
        ))}
      </dl>
    </li>
  )
}

function Limits({ of: { places, rate_limits: rate } }: { of: GatewayStatus }) {
  return (
    <li class="class-card">
      <h2>
        Limits{" "}
        <small>{rate.on ? (rate.shared ? "counted together" : "Redis is away") : "rates not limited"}</small>
      </h2>
      <dl class="lines">
        {places.flatMap(({ kind, most, taken, waiting, refused }) => [
          <Figure
            key={kind}
            label={`${kind} under way`}
            value={`${taken} of ${most}`}
            alarming={taken >= most}
          />,
          <Figure
            key={`${kind} wait`}
            label="waiting for a place"
            value={String(waiting)}
            alarming={waiting > 0}
          />,
          <Figure
            key={`${kind} late`}
            label="found no place"
            value={String(refused)}
            alarming={refused > 0}
          />,
        ])}
        <Figure label="asked too often" value={rate.refused.toLocaleString()} />
      </dl>
    </li>
  )
}

function Cache({ of }: { of: GatewayStatus["cache"] }) {
  const hits = countOf(of.results, "hit", "stale", "revalidated", "coalesced")
  return (
    <li class="class-card">
      <h2>
        Cache <small>{of.hears_purges ? "hears purges" : "hears no purges"}</small>
      </h2>
      <dl>
        <Figure label="answered" value={percent(hits, hits + countOf(of.results, "miss"))} />
        {of.results.map(({ name, count }) => (
          <Figure key={name} label={name} value={count.toLocaleString()} />
        ))}
        <Figure label="responses" value={of.responses.toLocaleString()} />
        <Figure label="held" value={bytes(of.bytes)} />
        <Figure label="room" value={bytes(of.most_bytes)} />
        <Figure label="purges" value={of.purges.toLocaleString()} />
        <Figure label="dropped" value={of.evictions.toLocaleString()} />
      </dl>
    </li>
  )
}

const HEADS = ["Address", "State", "Under way", "Answers", "Mean", "p95", "Failures", "Passed over"]

function Replicas({ of }: { of: GatewayStatus["replicas"] }) {
  return (
    <Table caption="Replicas" heads={HEADS}>
      {of.map((each) => (
        <tr key={each.address}>
          <td class="mono">{each.address}</td>
          <td>
            <State of={each.state} />
          </td>
          <td>{each.in_flight}</td>
          <td>{inWords(each.answers)}</td>
          <td>{duration(each.mean_ms)}</td>
          <td>≤ {duration(each.p95_ms)}</td>
          <td>{each.failures.toLocaleString()}</td>
          <td>{inWords(each.ejections)}</td>
        </tr>
      ))}
    </Table>
  )
}

function Refusals({ of }: { of: GatewayStatus["refusals"] }) {
  return (
    <Table caption="Refusals" heads={["What the client was told", "Times"]}>
      {of.map(({ name, count }) => (
        <tr key={name}>
          <td>{name}</td>
          <td>{count.toLocaleString()}</td>
        </tr>
      ))}
    </Table>
  )
}
