import { routes } from "@tintype/contract"
import type { Context } from "@tintype/domain"
import { deleteAccount } from "@tintype/domain/farewell"
import type { FastifyInstance } from "fastify"
import { answer, serve } from "../http/serve.ts"
import { sessionCookie } from "../http/session-cookie.ts"

/** Where members leave for good. */
export function serveFarewell(app: FastifyInstance, ctx: Context): void {
  const cookie = sessionCookie(ctx.settings.publicUrl)
  serve(app, ctx, routes.deleteAccount, async ({ actor, body }, { ip: address }) => {
    await deleteAccount(ctx, actor, { password: body.password, address })
    return answer(200, {}, { "set-cookie": cookie.clear() })
  })
}
