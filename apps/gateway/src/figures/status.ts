import { hostname } from "node:os"
import type { GatewayStatus } from "@tintype/contract/at-the-gateway"
import type { Timings } from "@tintype/observe"
import { REFUSED } from "../policies/limit-rate.ts"
import type { GatewayFigures } from "./register-figures.ts"
import { STATUS_CLASSES } from "./traffic.ts"

const countsOf = (counts: Iterable<readonly [string, number]>) =>
  [...counts].filter(([, count]) => count > 0).map(([name, count]) => ({ name, count }))

/** The mean, and the bound of the bucket below which 95 of 100 lie; of what exceeds all bounds, the last one. */
function millisecondsOf({ counts, bounds, sum }: Timings): { mean_ms: number; p95_ms: number } {
  const count = counts.reduce((all, each) => all + each, 0)
  if (count === 0) return { mean_ms: 0, p95_ms: 0 }
  let below = 0
  const at = counts.findIndex((each) => {
    below += each
    return below >= 0.95 * count
  })
  return { mean_ms: (sum / count) * 1000, p95_ms: (bounds[at] ?? bounds.at(-1) ?? 0) * 1000 }
}

const answersOf = ({ answers, timings }: { answers: Float64Array; timings: Timings }) => ({
  answers: countsOf(STATUS_CLASSES.map((status, at) => [status, answers[at] ?? 0])),
  ...millisecondsOf(timings),
})

function cacheOf({ cache, traffic }: GatewayFigures): GatewayStatus["cache"] {
  return {
    results: countsOf(traffic.cache),
    bytes: cache.bytes,
    most_bytes: cache.maxBytes,
    responses: cache.count,
    evictions: cache.evicted,
    purges: cache.purged,
    hears_purges: cache.hears,
  }
}

/** The figures of this process as admins see them. @param rate how its rate limits stand */
export async function statusOf(
  figures: GatewayFigures,
  { on, shared }: { on: boolean; shared: boolean },
): Promise<GatewayStatus> {
  const { traffic, replicas, streams, places, extras, connections } = figures
  return {
    host: hostname(),
    pid: process.pid,
    since: new Date(performance.timeOrigin).toISOString(),
    connections: await connections(),
    streams: streams.count,
    in_flight: traffic.inFlight,
    received_bytes: traffic.bytesIn,
    sent_bytes: traffic.bytesOut,
    replicas: replicas.all.map((each) => ({
      address: each.name,
      state: each.state,
      in_flight: each.outstanding,
      failures: each.figures.failures,
      ejections: countsOf(Object.entries(each.figures.ejections)),
      ...answersOf(each.figures),
    })),
    extra_requests: countsOf(Object.entries(extras)),
    routes: [...traffic.routes].map(([route, each]) => ({ route, ...answersOf(each) })),
    refusals: countsOf(traffic.refusals),
    places: Object.entries(places).map(([kind, { most, running, waiting, refused }]) => ({
      kind,
      most,
      taken: running,
      waiting,
      refused,
    })),
    cache: cacheOf(figures),
    rate_limits: { on, shared, refused: traffic.refusals.get(REFUSED.error) ?? 0 },
  }
}
