import { routes } from "@tintype/contract"
import type { Context } from "@tintype/domain"
import { listBookmarks, listFavourites } from "@tintype/domain/posts"
import { readHome, readPublic, readTag } from "@tintype/domain/timelines"
import type { FastifyInstance } from "fastify"
import { page, serve } from "../http/serve.ts"

/** Lists of posts, newest first. */
export function serveTimelines(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.homeTimeline, async ({ actor, query }) => {
    const found = await readHome(ctx, actor, query)
    return page(found.items, found)
  })
  serve(app, ctx, routes.publicTimeline, async ({ actor, query }) => {
    const found = await readPublic(ctx, actor, query)
    return page(found.items, found)
  })
  serve(app, ctx, routes.tagTimeline, async ({ actor, params, query }) => {
    const found = await readTag(ctx, actor, params.hashtag, query)
    return page(found.items, found)
  })
  serve(app, ctx, routes.favourites, async ({ actor, query }) => {
    const found = await listFavourites(ctx, actor, query)
    return page(found.items, found)
  })
  serve(app, ctx, routes.bookmarks, async ({ actor, query }) => {
    const found = await listBookmarks(ctx, actor, query)
    return page(found.items, found)
  })
}
