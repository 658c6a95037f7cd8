import { routes } from "@tintype/contract"
import type { Context } from "@tintype/domain"
import { getCacheStatus } from "@tintype/domain/instance"
import type { FastifyInstance } from "fastify"
import { serve } from "../http/serve.ts"

/** What admins see of how the instance runs. */
export function serveStatus(app: FastifyInstance, ctx: Context): void {
  // A gateway puts what it knows in the place of this answer, to those alone who get it.
  serve(app, ctx, routes.getGatewayStatus, () => ({ gateway: null }))
  serve(app, ctx, routes.getCacheStatus, () => getCacheStatus(ctx))
}
