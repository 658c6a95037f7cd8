import { routes } from "@tintype/contract"
import type { Context } from "@tintype/domain"
import {
  blockAccount,
  followAccount,
  listBlocks,
  listFollowers,
  listFollowing,
  listMutes,
  listRelationships,
  muteAccount,
  removeFollower,
  unblockAccount,
  unfollowAccount,
  unmuteAccount,
} from "@tintype/domain/relationships"
import type { FastifyInstance } from "fastify"
import { page, serve } from "../http/serve.ts"

/** Who follows, blocks and mutes whom. */
export function serveRelationships(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.follow, ({ actor, params }) => followAccount(ctx, actor, params.id))
  serve(app, ctx, routes.unfollow, ({ actor, params }) => unfollowAccount(ctx, actor, params.id))
  serve(app, ctx, routes.removeFromFollowers, ({ actor, params }) => removeFollower(ctx, actor, params.id))
  serve(app, ctx, routes.block, ({ actor, params }) => blockAccount(ctx, actor, params.id))
  serve(app, ctx, routes.unblock, ({ actor, params }) => unblockAccount(ctx, actor, params.id))
  serve(app, ctx, routes.mute, ({ actor, params, body }) => muteAccount(ctx, actor, params.id, body))
  serve(app, ctx, routes.unmute, ({ actor, params }) => unmuteAccount(ctx, actor, params.id))
  serve(app, ctx, routes.listBlocks, async ({ actor, query }) => {
    const found = await listBlocks(ctx, actor, query)
    return page(found.items, found)
  })
  serve(app, ctx, routes.listMutes, async ({ actor, query }) => {
    const found = await listMutes(ctx, actor, query)
    return page(found.items, found)
  })
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
