import { routes } from "@tintype/contract"
import type { Context } from "@tintype/domain"
import { getInstance, getInstanceV1 } from "@tintype/domain/instance"
import type { FastifyInstance } from "fastify"
import { answer, serve } from "../http/serve.ts"
import type { Health } from "./health.ts"

/** What the server is, and whether it is ready. */
export function serveInstance(app: FastifyInstance, ctx: Context, health: Health): void {
  serve(app, ctx, routes.instanceV2, () => getInstance(ctx))
  serve(app, ctx, routes.instanceV1, () => getInstanceV1(ctx))
  serve(app, ctx, routes.health, async () => {
    const report = await health.report()
    return answer(health.isReady(report) ? 200 : 503, report)
  })
  // For those who restart what hangs: whether this process answers at all.
  app.get("/health/live", async () => ({ status: "ok" }))
  // For those who balance load: whether this process takes requests. What lies behind it is left out, as all the
  // others have the same behind them.
  app.get("/health/ready", async (_request, reply) =>
    health.draining ? reply.code(503).send({ status: "draining" }) : reply.send({ status: "ok" }),
  )
}
