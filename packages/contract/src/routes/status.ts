import { Type } from "typebox"
import { CacheStatus } from "../entities/cache-status.ts"
import { GatewayStatus } from "../entities/gateway-status.ts"
import { route } from "../route.ts"
import { orNull } from "../schema-parts.ts"

const look = { method: "GET", tag: "admin/status", auth: "admin", scope: "admin:read" } as const

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
} as const
