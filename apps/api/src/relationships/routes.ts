import { routes } from "@tintype/contract"
import type { Context } from "@tintype/domain"
import {
  followAccount,
  listFollowers,
  listFollowing,
  listRelationships,
  unfollowAccount,
} from "@tintype/domain/relationships"
import type { FastifyInstance } from "fastify"
import { page, serve } from "../http/serve.ts"

/** Who follows whom. */
export function serveRelationships(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.follow, ({ actor, params }) => followAccount(ctx, actor, params.id))
  serve(app, ctx, routes.unfollow, ({ actor, params }) => unfollowAccount(ctx, actor, params.id))
  serve(app, ctx, routes.relationships, ({ actor, query }) => listRelationships(ctx, actor, query.id))
  serve(app, ctx, routes.listFollowers, async ({ actor, params, query }) => {
    const found = await listFollowers(ctx, actor, params.id, query)
    return page(found.items, found)
  })
  serve(app, ctx, routes.listFollowing, async ({ actor, params, query }) => {
    const found = await listFollowing(ctx, actor, params.id, query)
    return page(found.items, found)
  })
}
