import { routes } from "@tintype/contract"
import type { Context } from "@tintype/domain"
import { readHome } from "@tintype/domain/timelines"
import type { FastifyInstance } from "fastify"
import { page, serve } from "../http/serve.ts"

/** Lists of posts, newest first. */
export function serveTimelines(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.homeTimeline, async ({ actor, query }) => {
    const found = await readHome(ctx, actor, query)
    return page(found.items, found)
  })
}
