export type { GatewayStatus } from "./entities/gateway-status.ts"

/** How often a route may be asked for, where that is less often than the rest of the api. */
export type LimitClass = "uploads" | "deletes"

/** What the gateway has to know of a route; what is said of none is true of those that are not listed. */
export interface AtTheGateway {
  /** Counted by itself as well. */
  limit?: LimitClass
  /**
   * Whether a write may be sent to a second replica when a first one lost it. `keyed`: with an `Idempotency-Key`, as
   * the api does it once. `alike`: twice is like once; but not while the first replica may wake up and do it late,
   * when the member may have taken it back.
   */
  repeats?: "keyed" | "alike"
}

/**
 * The routes of the contract of which the gateway has to know something, as `METHOD url`. Apart from the schemas,
 * because loading these costs more memory than all of the gateway.
 */
export const AT_THE_GATEWAY: Readonly<Record<string, AtTheGateway>> = {
  "POST /api/v1/media": { limit: "uploads" },
  "POST /api/v2/media": { limit: "uploads" },
  "PUT /api/v1/media/:id": { repeats: "alike" },
  "POST /api/v1/statuses": { repeats: "keyed" },
  "PUT /api/v1/statuses/:id": { repeats: "alike" },
  "PUT /api/tintype/v1/statuses/:id/visibility": { repeats: "alike" },
  "DELETE /api/v1/statuses/:id": { limit: "deletes" },
  "POST /api/v1/statuses/:id/favourite": { repeats: "alike" },
  "POST /api/v1/statuses/:id/unfavourite": { repeats: "alike" },
  "POST /api/v1/statuses/:id/bookmark": { repeats: "alike" },
  "POST /api/v1/statuses/:id/unbookmark": { repeats: "alike" },
  "POST /api/v1/accounts/:id/follow": { repeats: "alike" },
  "POST /api/v1/accounts/:id/unfollow": { repeats: "alike" },
}
