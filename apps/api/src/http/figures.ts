import { type Metrics, Timings } from "@tintype/observe"
import type { FastifyInstance, FastifyRequest } from "fastify"

/** The answers of one route. */
class RouteFigures {
  /** By the first digit of the status. */
  readonly answers = new Map<string, number>()
  readonly timings = new Timings()
}

/** A path that no route has is told as one, whatever it is. */
const routeOf = ({ method, routeOptions: { url } }: FastifyRequest): string =>
  url === undefined ? "unknown" : `${method} ${url}`

/** Counts the answers of every route by its pattern, and how long they took. */
export function countRequests(app: FastifyInstance, metrics: Metrics): void {
  const routes = new Map<string, RouteFigures>()
  let inFlight = 0
  app.addHook("onRequest", (_request, reply, done) => {
    inFlight++
    // Told of clients that leave, too, which `onResponse` is not always.
    reply.raw.once("close", () => inFlight--)
    done()
  })
  app.addHook("onResponse", (request, reply, done) => {
    const route = routeOf(request)
    const figures = routes.get(route) ?? new RouteFigures()
    routes.set(route, figures)
    const status = `${Math.trunc(reply.statusCode / 100)}xx`
    figures.answers.set(status, (figures.answers.get(status) ?? 0) + 1)
    figures.timings.note(reply.elapsedTime / 1000)
    done()
  })
  metrics.counter("tintype_api_requests_total", "Requests answered, by route and class of status.", () =>
    [...routes].flatMap(([route, { answers }]) =>
      [...answers].map(([status, count]) => [{ route, status }, count] as const),
    ),
  )
  metrics.timings("tintype_api_request_seconds", "From a request's head to the end of its answer.", () =>
    [...routes].map(([route, { timings }]) => [{ route }, timings] as const),
  )
  metrics.gauge("tintype_api_requests_in_flight", "Requests under way.", () => inFlight)
}
