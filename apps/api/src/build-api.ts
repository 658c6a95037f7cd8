import type { Context } from "@tintype/domain"
import type { StreamHub } from "@tintype/domain/streams"
import type { Metrics } from "@tintype/observe"
import type { FastifyInstance } from "fastify"
import { serveAccounts } from "./accounts/routes.ts"
import { serveAuthorizePage } from "./auth/authorize-routes.ts"
import { serveAuth } from "./auth/routes.ts"
import { serveExports } from "./exports/routes.ts"
import { serveFarewell } from "./farewell/routes.ts"
import { createServer } from "./http/create-server.ts"
import { countRequests } from "./http/figures.ts"
import type { Health } from "./instance/health.ts"
import { serveInstance } from "./instance/routes.ts"
import { serveWellKnown } from "./instance/well-known.ts"
import { serveJobs } from "./jobs/routes.ts"
import { serveLists } from "./lists/routes.ts"
import { serveMedia } from "./media/routes.ts"
import { serveOpenApi } from "./openapi/routes.ts"
import { servePosts } from "./posts/routes.ts"
import { serveRelationships } from "./relationships/routes.ts"
import { serveStatus } from "./status/routes.ts"
import { serveStreams } from "./streams/routes.ts"
import { serveTimelines } from "./timelines/routes.ts"

/**
 * The API over a context: every feature's routes, ready to listen or to be injected into. Opens nothing itself.
 *
 * @param metrics where requests are counted
 */
export async function buildApi(
  ctx: Context,
  health: Health,
  streams: StreamHub,
  metrics?: Metrics,
): Promise<FastifyInstance> {
  const app = createServer(ctx.log)
  if (metrics) countRequests(app, metrics)
  serveInstance(app, ctx, health)
  serveWellKnown(app, ctx)
  serveOpenApi(app, ctx)
  serveJobs(app, ctx)
  serveStatus(app, ctx)
  serveAuth(app, ctx)
  await serveAuthorizePage(app, ctx)
  serveAccounts(app, ctx)
  serveRelationships(app, ctx)
  serveLists(app, ctx)
  serveMedia(app, ctx)
  serveExports(app, ctx)
  serveFarewell(app, ctx)
  servePosts(app, ctx)
  serveTimelines(app, ctx)
  serveStreams(app, ctx, streams)
  await app.ready()
  return app
}
