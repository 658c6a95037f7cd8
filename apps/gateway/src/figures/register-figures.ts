import type { Labels, Metrics } from "@tintype/observe"
import type { HttpCache } from "../http-cache/http-cache.ts"
import type { Streams } from "../proxy/streams.ts"
import type { Replicas } from "../upstreams/replicas.ts"
import type { Extras } from "./attempts.ts"
import type { Places } from "./places.ts"
import { STATUS_CLASSES, type Traffic } from "./traffic.ts"

/** Where the gateway's figures are kept. */
export interface GatewayFigures {
  traffic: Traffic
  extras: Extras
  /** By the name of what they are for. */
  places: { requests: Places; uploads: Places }
  cache: HttpCache
  replicas: Replicas
  streams: Streams
  /** Connections of clients that are open. */
  connections: () => Promise<number>
}

const byStatus = (labels: Labels, answers: Float64Array) =>
  STATUS_CLASSES.flatMap((status, at) => {
    const count = answers[at] ?? 0
    return count > 0 ? [[{ ...labels, status }, count] as const] : []
  })

const byKey = (label: string, counts: ReadonlyMap<string, number>) =>
  [...counts].map(([key, count]) => [{ [label]: key }, count] as const)

/** Gives the gateway's figures their names. */
export function registerFigures(metrics: Metrics, figures: GatewayFigures): void {
  const { traffic, connections, streams } = figures
  metrics.counter(
    "tintype_gateway_requests_total",
    "Requests answered, by route and class of status; left: the client went before its answer was whole.",
    () => [...traffic.routes].flatMap(([route, { answers }]) => byStatus({ route }, answers)),
  )
  metrics.timings("tintype_gateway_request_seconds", "From a request's head to the end of its answer.", () =>
    [...traffic.routes].map(([route, { timings }]) => [{ route }, timings] as const),
  )
  metrics.gauge("tintype_gateway_requests_in_flight", "Requests under way.", () => traffic.inFlight)
  metrics.gauge("tintype_gateway_connections", "Connections of clients that are open.", connections)
  metrics.gauge("tintype_gateway_streams", "Event streams and WebSockets that are open.", () => streams.count)
  metrics.counter("tintype_gateway_received_bytes_total", "Bodies of requests.", () => traffic.bytesIn)
  metrics.counter("tintype_gateway_sent_bytes_total", "Answers.", () => traffic.bytesOut)
  metrics.counter(
    "tintype_gateway_refusals_total",
    "Requests that the gateway itself refused, by what the client was told.",
    () => byKey("reason", traffic.refusals),
  )
  registerPlaces(metrics, figures)
  registerReplicas(metrics, figures)
  registerCache(metrics, figures)
}

function registerPlaces(metrics: Metrics, { places }: GatewayFigures): void {
  const each = (of: (places: Places) => number) => () =>
    Object.entries(places).map(([kind, all]) => [{ kind }, of(all)] as const)
  const about = "requests that are passed on at a time"
  metrics.gauge(
    "tintype_gateway_places",
    `The most ${about}.`,
    each(({ most }) => most),
  )
  metrics.gauge(
    "tintype_gateway_places_taken",
    `Places of ${about}.`,
    each(({ running }) => running),
  )
  metrics.gauge(
    "tintype_gateway_waiting",
    "Requests that wait for a place.",
    each(({ waiting }) => waiting),
  )
  metrics.counter(
    "tintype_gateway_queue_refusals_total",
    "Requests that found no place in time.",
    each(({ refused }) => refused),
  )
  metrics.timings("tintype_gateway_queue_wait_seconds", "Waits of those that got a place later.", () =>
    Object.entries(places).map(([kind, { waits }]) => [{ kind }, waits] as const),
  )
}

function registerReplicas(metrics: Metrics, { replicas, extras }: GatewayFigures): void {
  const each = (of: (replica: Replicas["all"][number]) => number) => () =>
    replicas.all.map((replica) => [{ replica: replica.name }, of(replica)] as const)
  metrics.gauge("tintype_gateway_replica_state", "1 for the state that the replica is in.", () =>
    replicas.all.map((replica) => [{ replica: replica.name, state: replica.state }, 1] as const),
  )
  metrics.gauge(
    "tintype_gateway_replica_outstanding",
    "Requests that the replica has.",
    each(({ outstanding }) => outstanding),
  )
  metrics.counter(
    "tintype_gateway_replica_answers_total",
    "Answers of the replica, by class of status.",
    () => replicas.all.flatMap(({ name, figures }) => byStatus({ replica: name }, figures.answers)),
  )
  metrics.counter(
    "tintype_gateway_replica_failures_total",
    "Attempts that the replica did not answer.",
    each(({ figures }) => figures.failures),
  )
  metrics.counter("tintype_gateway_replica_ejections_total", "Times that the replica was passed over.", () =>
    replicas.all.flatMap(({ name, figures }) =>
      Object.entries(figures.ejections).map(([reason, times]) => [{ replica: name, reason }, times] as const),
    ),
  )
  metrics.timings("tintype_gateway_replica_seconds", "Until an answer of the replica began.", () =>
    replicas.all.map(({ name, figures }) => [{ replica: name }, figures.timings] as const),
  )
  metrics.counter(
    "tintype_gateway_extra_requests_total",
    "Requests sent to a second replica, by why; denied: not sent, as the budget had nothing left.",
    () => Object.entries(extras).map(([kind, count]) => [{ kind }, count] as const),
  )
}

function registerCache(metrics: Metrics, { cache, traffic }: GatewayFigures): void {
  metrics.counter(
    "tintype_gateway_cache_requests_total",
    "Requests that the cache was asked about, by what it did.",
    () => byKey("result", traffic.cache),
  )
  metrics.gauge("tintype_gateway_cache_bytes", "Bytes held.", () => cache.bytes)
  metrics.gauge("tintype_gateway_cache_responses", "Responses held.", () => cache.count)
  metrics.gauge("tintype_gateway_cache_hears_purges", "Whether purges are heard.", () => Number(cache.hears))
  metrics.counter("tintype_gateway_cache_purges_total", "Purges that were heard.", () => cache.purged)
  metrics.counter(
    "tintype_gateway_cache_evictions_total",
    "Responses dropped for want of room.",
    () => cache.evicted,
  )
}
