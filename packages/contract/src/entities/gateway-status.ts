import { type Static, Type } from "typebox"
import { DateTime, named } from "../schema-parts.ts"

const Count = Type.Object({ name: Type.String(), count: Type.Integer() })

/** Since the process began. */
const timings = {
  answers: Type.Array(Count, { description: "By class of status; left: the client went before" }),
  mean_ms: Type.Number(),
  p95_ms: Type.Number({ description: "At most, as the bounds of the buckets are" }),
}

/** What one process of the gateway knows of itself. */
export const GatewayStatus = named(
  "GatewayStatus",
  Type.Object({
    host: Type.String(),
    pid: Type.Integer(),
    since: DateTime,
    connections: Type.Integer(),
    streams: Type.Integer(),
    in_flight: Type.Integer(),
    received_bytes: Type.Integer(),
    sent_bytes: Type.Integer(),
    replicas: Type.Array(
      Type.Object({
        address: Type.String(),
        state: Type.String({ description: "ejected and on trial: its breaker is open, half open" }),
        in_flight: Type.Integer(),
        failures: Type.Integer({ description: "Attempts without an answer, and answers of 5xx" }),
        ejections: Type.Array(Count),
        ...timings,
      }),
    ),
    extra_requests: Type.Array(Count, { description: "Sent to a second replica; denied: not sent" }),
    routes: Type.Array(Type.Object({ route: Type.String(), ...timings })),
    refusals: Type.Array(Count, { description: "By what the client was told" }),
    places: Type.Array(
      Type.Object({
        kind: Type.String(),
        most: Type.Integer(),
        taken: Type.Integer(),
        waiting: Type.Integer(),
        refused: Type.Integer(),
      }),
    ),
    cache: Type.Object({
      results: Type.Array(Count),
      bytes: Type.Integer(),
      most_bytes: Type.Integer(),
      responses: Type.Integer(),
      evictions: Type.Integer(),
      purges: Type.Integer(),
      hears_purges: Type.Boolean(),
    }),
    rate_limits: Type.Object({
      on: Type.Boolean(),
      shared: Type.Boolean({ description: "Redis is there; else this process counts for itself" }),
      refused: Type.Integer(),
    }),
  }),
)
export type GatewayStatus = Static<typeof GatewayStatus>
