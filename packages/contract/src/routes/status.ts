import { Type } from "typebox"
import { CacheStatus } from "../entities/cache-status.ts"
import { GatewayStatus } from "../entities/gateway-status.ts"
import { HomeExplanation, HomeReport } from "../entities/home-report.ts"
import { route } from "../route.ts"
import { orNull } from "../schema-parts.ts"

const look = { method: "GET", tag: "admin/status", auth: "admin", scope: "admin:read" } as const

const account = Type.String({ minLength: 1, maxLength: 400, description: "Id or name" })

export const statusRoutes = {
  getGatewayStatus: route({
    ...look,
    url: "/api/tintype/v1/admin/gateway",
    summary: "What the process of the gateway that was asked knows; null where none is between",
    response: { 200: Type.Object({ gateway: orNull(GatewayStatus) }) },
  }),
  getCacheStatus: route({
    ...look,
    url: "/api/tintype/v1/admin/cache",
    summary: "What the entity caches of all processes did, as each told of itself within the last 15 seconds",
    response: { 200: CacheStatus },
  }),
  verifyHome: route({
    ...look,
    url: "/api/tintype/v1/admin/timelines/home/verify",
    summary: "Compare a member's warm home timeline with the database",
    query: Type.Object({ account }),
    response: { 200: HomeReport },
    refusals: [404],
  }),
  explainHome: route({
    ...look,
    url: "/api/tintype/v1/admin/timelines/home/explain",
    summary: "Why a post is, or is not, on a member's home timeline, check by check",
    query: Type.Object({
      account,
      post: Type.String({ minLength: 1, maxLength: 2000, description: "Id or address" }),
    }),
    response: { 200: HomeExplanation },
    refusals: [404],
  }),
} as const
