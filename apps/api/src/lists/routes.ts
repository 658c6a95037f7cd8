import { routes } from "@tintype/contract"
import type { Context } from "@tintype/domain"
import {
  addToList,
  createList,
  deleteList,
  getList,
  getListMembers,
  getLists,
  getListsWith,
  removeFromList,
  updateList,
} from "@tintype/domain/lists"
import { readList } from "@tintype/domain/timelines"
import type { FastifyInstance } from "fastify"
import { page, serve } from "../http/serve.ts"

/** Lists of accounts, who is on them, and their timelines. */
export function serveLists(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.listLists, ({ actor }) => getLists(ctx, actor))
  serve(app, ctx, routes.createList, ({ actor, body }) =>
    createList(ctx, actor, { ...body, repliesPolicy: body.replies_policy }),
  )
  serve(app, ctx, routes.getList, ({ actor, params }) => getList(ctx, actor, params.id))
  serve(app, ctx, routes.updateList, ({ actor, params, body }) =>
    updateList(ctx, actor, params.id, { ...body, repliesPolicy: body.replies_policy }),
  )
  serve(app, ctx, routes.deleteList, async ({ actor, params }) => {
    await deleteList(ctx, actor, params.id)
    return {}
  })
  serve(app, ctx, routes.listMembers, async ({ actor, params, query }) => {
    const found = await getListMembers(ctx, actor, params.id, query)
    return page(found.items, found)
  })
  serve(app, ctx, routes.addToList, async ({ actor, params, body }) => {
    await addToList(ctx, actor, params.id, body.account_ids)
    return {}
  })
  serve(app, ctx, routes.removeFromList, async ({ actor, params, query, body }) => {
    await removeFromList(ctx, actor, params.id, [...query.account_ids, ...body.account_ids])
    return {}
  })
  serve(app, ctx, routes.listsWithAccount, ({ actor, params }) => getListsWith(ctx, actor, params.id))
  serve(app, ctx, routes.listTimeline, async ({ actor, params, query }) => {
    const found = await readList(ctx, actor, params.id, query)
    return page(found.items, found)
  })
}
