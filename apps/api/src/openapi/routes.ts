import type { Context } from "@tintype/domain"
import { VERSION } from "@tintype/domain/instance"
import type { FastifyInstance } from "fastify"
import { sessionCookie } from "../http/session-cookie.ts"
import { DOCS_ASSETS, type DocsAsset, openDocsAsset } from "./docs-assets.ts"
import { openApiDocument } from "./document.ts"

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Client API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<script defer src="/api/docs/swagger-ui-bundle.js"></script>
<script defer src="/api/docs/start.js"></script>
</head>
<body><div id="docs"></div></body>
</html>
`

const START = `SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
})
`

/** Swagger UI styles its elements itself; it runs no script but its own and asks no other host. */
const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const DAY = "public, max-age=86400"

/** The contract as OpenAPI, and a page to try it on. */
export function serveOpenApi(app: FastifyInstance, ctx: Context): void {
  const { settings } = ctx
  app.get("/api/openapi.json", async (_request, reply) =>
    reply
      .header("cache-control", "public, max-age=300")
      .send(openApiDocument(settings, VERSION, sessionCookie(settings.publicUrl).name)),
  )
  app.get("/api/docs", async (_request, reply) =>
    reply.type("text/html; charset=utf-8").header("content-security-policy", PAGE_CSP).send(PAGE),
  )
  app.get("/api/docs/start.js", async (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").header("cache-control", DAY).send(START),
  )
  for (const [name, type] of Object.entries(DOCS_ASSETS)) {
    app.get(`/api/docs/${name}`, async (_request, reply) =>
      reply
        .type(type)
        .header("cache-control", DAY)
        .send(await openDocsAsset(name as DocsAsset)),
    )
  }
}
