import { routes } from "@tintype/contract"
import type { Context } from "@tintype/domain"
import { getExport, listExports, startExport } from "@tintype/domain/exports"
import type { FastifyInstance } from "fastify"
import { answer, serve } from "../http/serve.ts"

/** Archives of everything that a member has put here. */
export function serveExports(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.startExport, async ({ actor }) => answer(202, await startExport(ctx, actor)))
  serve(app, ctx, routes.listExports, ({ actor }) => listExports(ctx, actor))
  serve(app, ctx, routes.getExport, ({ actor, params }) => getExport(ctx, actor, params.id))
}
