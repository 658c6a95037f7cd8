import { routes } from "@tintype/contract"
import type { Context } from "@tintype/domain"
import { getCacheStatus } from "@tintype/domain/instance"
import { explainHome, verifyHome } from "@tintype/domain/timelines"
import type { FastifyInstance } from "fastify"
import { serve } from "../http/serve.ts"

/** What admins see of how the instance runs. */
export function serveStatus(app: FastifyInstance, ctx: Context): void {
  // A gateway puts what it knows in the place of this answer, to those alone who get it.
  serve(app, ctx, routes.getGatewayStatus, () => ({ gateway: null }))
  serve(app, ctx, routes.getCacheStatus, () => getCacheStatus(ctx))
  serve(app, ctx, routes.verifyHome, ({ query }) => verifyHome(ctx, query.account))
  serve(app, ctx, routes.explainHome, async ({ query }) => {
    const { postId, warmList, inWarmList, ...told } = await explainHome(ctx, query.account, query.post)
    return { ...told, post_id: postId, warm_list: warmList, in_warm_list: inWarmList }
  })
}
