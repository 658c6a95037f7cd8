/** How often a route may be asked for, where that is less often than the rest of the api. */
export type LimitClass = "uploads" | "deletes"

/** What the gateway has to know of a route; what is said of none is true of those that are not listed. */
export interface AtTheGateway {
  /** Counted by itself as well. */
  limit?: LimitClass
}

/**
 * The routes of the contract of which the gateway has to know something, as `METHOD url`. Apart from the schemas,
 * because loading these costs more memory than all of the gateway.
 */
export const AT_THE_GATEWAY: Readonly<Record<string, AtTheGateway>> = {
  "POST /api/v1/media": { limit: "uploads" },
  "POST /api/v2/media": { limit: "uploads" },
  "DELETE /api/v1/statuses/:id": { limit: "deletes" },
}
