import { Type } from "typebox"
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
} as const
