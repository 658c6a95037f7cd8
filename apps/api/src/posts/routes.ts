import { routes } from "@tintype/contract"
import type { Context } from "@tintype/domain"
import {
  bookmarkPost,
  changeVisibility,
  deletePost,
  editPost,
  favouritePost,
  getHistory,
  getPost,
  getPostContext,
  getSource,
  listAccountPosts,
  listFavouriters,
  unbookmarkPost,
  unfavouritePost,
} from "@tintype/domain/posts"
import { publishPost } from "@tintype/domain/timelines"
import type { FastifyInstance } from "fastify"
import { page, serve } from "../http/serve.ts"

/** Posts, likes and bookmarks. */
export function servePosts(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.createStatus, ({ actor, body, idempotencyKey }) =>
    publishPost(
      ctx,
      actor,
      {
        caption: body.status ?? "",
        mediaIds: body.media_ids,
        inReplyToId: body.in_reply_to_id,
        visibility: body.visibility,
        sensitive: body.sensitive,
        spoilerText: body.spoiler_text ?? "",
        language: body.language || null,
      },
      idempotencyKey,
    ),
  )
  serve(app, ctx, routes.getStatus, ({ actor, params }) => getPost(ctx, actor, params.id))
  serve(app, ctx, routes.editStatus, ({ actor, params, body }) =>
    editPost(ctx, actor, params.id, {
      caption: body.status ?? "",
      spoilerText: body.spoiler_text ?? "",
      sensitive: body.sensitive,
      language: body.language || undefined,
      mediaIds: body.media_ids,
      photos: body.media_attributes,
    }),
  )
  serve(app, ctx, routes.changeVisibility, ({ actor, params, body }) =>
    changeVisibility(ctx, actor, params.id, body.visibility),
  )
  serve(app, ctx, routes.statusSource, ({ actor, params }) => getSource(ctx, actor, params.id))
  serve(app, ctx, routes.statusHistory, ({ actor, params }) => getHistory(ctx, actor, params.id))
  serve(app, ctx, routes.deleteStatus, ({ actor, params }) => deletePost(ctx, actor, params.id))
  serve(app, ctx, routes.favouriteStatus, ({ actor, params }) => favouritePost(ctx, actor, params.id))
  serve(app, ctx, routes.unfavouriteStatus, ({ actor, params }) => unfavouritePost(ctx, actor, params.id))
  serve(app, ctx, routes.bookmarkStatus, ({ actor, params }) => bookmarkPost(ctx, actor, params.id))
  serve(app, ctx, routes.unbookmarkStatus, ({ actor, params }) => unbookmarkPost(ctx, actor, params.id))
  serve(app, ctx, routes.statusContext, ({ actor, params }) => getPostContext(ctx, actor, params.id))
  serve(app, ctx, routes.favouritedBy, async ({ actor, params, query }) => {
    const found = await listFavouriters(ctx, actor, params.id, query)
    return page(found.items, found)
  })
  serve(app, ctx, routes.accountStatuses, async ({ actor, params, query }) => {
    const found = await listAccountPosts(ctx, actor, params.id, query)
    return page(found.items, found)
  })
}
