import type { FastifyInstance } from "fastify"
import { parse } from "qs"

/**
 * A query string or a form as Rails and PHP write them, which the clients of the Mastodon API follow:
 * `media_ids[]=1&media_ids[]=2`, `source[privacy]=unlisted`.
 */
export const parseForm = (text: string): Record<string, unknown> =>
  parse(text, { depth: 4, parameterLimit: 1000, arrayLimit: 1000 })

/**
 * JSON, forms and multipart for every route. Of JSON, members named `__proto__` and `constructor` are dropped; an
 * empty body is none, as several clients name a type for it. Multipart is handed on unread.
 */
export function acceptForms(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser("remove", "remove")
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, text, done) => {
    if (text.trim() === "") done(null, undefined)
    else void parseJson(request, text, done)
  })
  app.addContentTypeParser<string>(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, text, done) => done(null, parseForm(text)),
  )
  app.addContentTypeParser("multipart/form-data", (_request, payload, done) => done(null, payload))
}
