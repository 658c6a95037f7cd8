import { endpoint } from "../../api.ts"

/** The calls of these pages; apart from the others, so that members do not load them. */
export const statusApi = {
  getGatewayStatus: endpoint<"getGatewayStatus">("GET", "/api/tintype/v1/admin/gateway"),
  getCacheStatus: endpoint<"getCacheStatus">("GET", "/api/tintype/v1/admin/cache"),
  verifyHome: endpoint<"verifyHome">("GET", "/api/tintype/v1/admin/timelines/home/verify"),
  explainHome: endpoint<"explainHome">("GET", "/api/tintype/v1/admin/timelines/home/explain"),
}
