import type { Context } from "@tintype/domain"
import { SCOPES } from "@tintype/domain/auth"
import { readFacts, VERSION } from "@tintype/domain/instance"
import type { FastifyInstance } from "fastify"

/** RFC 8414: how clients find the OAuth endpoints, and that they may use PKCE. */
function serverMetadata({ settings }: Context) {
  const url = settings.publicUrl
  return {
    issuer: url,
    authorization_endpoint: `${url}/oauth/authorize`,
    token_endpoint: `${url}/oauth/token`,
    revocation_endpoint: `${url}/oauth/revoke`,
    app_registration_endpoint: `${url}/api/v1/apps`,
    service_documentation: `${url}/api/docs`,
    scopes_supported: SCOPES,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: [
      "authorization_code",
      "client_credentials",
      ...(settings.passwordGrant ? ["password"] : []),
    ],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
  }
}

/** NodeInfo 2.0. Clients that know no Tintype see by `upstream` whose API it speaks. */
async function nodeInfo(ctx: Context) {
  const { settings } = ctx
  const facts = await readFacts(ctx)
  return {
    version: "2.0",
    software: { name: "tintype", version: VERSION },
    protocols: [],
    services: { inbound: [], outbound: [] },
    openRegistrations: settings.registrationsOpen,
    usage: {
      users: { total: facts.members, activeMonth: facts.activeThisMonth },
      localPosts: facts.posts,
    },
    metadata: {
      nodeName: settings.title,
      nodeDescription: settings.description,
      upstream: { name: "mastodon" },
    },
  }
}

/** RFC 6415; clients look here for the host that an account's address belongs to. */
const hostMeta = (url: string) => `<?xml version="1.0" encoding="UTF-8"?>
<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">
  <Link rel="lrdd" template="${url}/.well-known/webfinger?resource={uri}"/>
</XRD>
`

/** Documents in places that other software looks in. */
export function serveWellKnown(app: FastifyInstance, ctx: Context): void {
  const { publicUrl } = ctx.settings
  app.get("/.well-known/oauth-authorization-server", async () => serverMetadata(ctx))
  app.get("/.well-known/nodeinfo", async () => ({
    links: [{ rel: "http://nodeinfo.diaspora.software/ns/schema/2.0", href: `${publicUrl}/nodeinfo/2.0` }],
  }))
  app.get("/nodeinfo/2.0", () => nodeInfo(ctx))
  app.get("/.well-known/host-meta", async (_request, reply) =>
    reply.type("application/xrd+xml; charset=utf-8").send(hostMeta(publicUrl)),
  )
}
