import { routes } from "@tintype/contract"
import type { Context } from "@tintype/domain"
import {
  getAccount,
  getOwnAccount,
  listDirectory,
  lookupAccount,
  updateProfile,
} from "@tintype/domain/accounts"
import { changePortrait } from "@tintype/domain/media"
import type { FastifyInstance } from "fastify"
import { serve } from "../http/serve.ts"

/** Profiles, the own one and others'. */
export function serveAccounts(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.verifyCredentials, ({ actor }) => getOwnAccount(ctx, actor))
  serve(app, ctx, routes.updateCredentials, async ({ actor, body, files }) => {
    for (const purpose of ["avatar", "header"] as const) {
      const upload = files.get(purpose)
      if (upload) await changePortrait(ctx, actor, upload, purpose)
    }
    return updateProfile(ctx, actor, {
      displayName: body.display_name,
      note: body.note,
      discoverable: body.discoverable,
      defaultVisibility: body.source?.privacy,
    })
  })
  serve(app, ctx, routes.lookupAccount, ({ actor, query }) => lookupAccount(ctx, actor, query.acct))
  serve(app, ctx, routes.getAccount, ({ actor, params }) => getAccount(ctx, actor, params.id))
  serve(app, ctx, routes.directory, ({ actor, query }) => listDirectory(ctx, actor, query))
}
