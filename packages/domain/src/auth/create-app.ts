import type { CredentialApplication } from "@tintype/contract"
import { apps, nextAccountId } from "@tintype/db"
import { sql } from "drizzle-orm"
import type { Context } from "../context.ts"
import { Invalid } from "../errors.ts"
import { presentApp } from "./app.ts"
import { countNewApp } from "./attempts.ts"
import { parseRedirectUris } from "./redirect-uris.ts"
import { parseScopes } from "./scopes.ts"
import { hashSecret, randomSecret } from "./secrets.ts"

export interface NewApp {
  name: string
  /** One, a list, or several in one text, a line each. */
  redirectUris: string | readonly string[]
  scopes: string | undefined
  website: string | null | undefined
  /** Where the call comes from. */
  address: string
}

function checkWebsite(website: string | null | undefined): string | null {
  if (!website) return null
  const url = URL.parse(website)
  if (url && ["http:", "https:"].includes(url.protocol)) return website
  throw new Invalid("Validation failed: Website must be a valid URI", {
    website: [{ error: "ERR_INVALID", description: "must be a valid URI" }],
  })
}

/**
 * Registers an OAuth client. Its secret is told this once.
 *
 * @throws Invalid for redirect URIs and scopes that cannot be; TooMany
 */
export async function createApp(ctx: Context, _actor: null, input: NewApp): Promise<CredentialApplication> {
  const name = input.name.trim()
  if (!name) {
    throw new Invalid("Validation failed: Application name can't be blank", {
      name: [{ error: "ERR_BLANK", description: "can't be blank" }],
    })
  }
  const redirectUris = parseRedirectUris(input.redirectUris)
  if (!redirectUris) {
    throw new Invalid("Validation failed: Redirect URI must be an absolute URI without a fragment.", {
      redirect_uris: [{ error: "ERR_INVALID", description: "must be an absolute URI without a fragment" }],
    })
  }
  const scopes = parseScopes(input.scopes)
  if (!scopes) {
    throw new Invalid("Validation failed: Scopes doesn't match configured on the server.", {
      scopes: [{ error: "ERR_INVALID", description: "doesn't match configured on the server" }],
    })
  }
  await countNewApp(ctx, input.address)
  const clientId = randomSecret()
  const clientSecret = randomSecret()
  const values = { clientId, clientSecretHash: hashSecret(clientSecret), name, redirectUris, scopes }
  const [app] = await ctx.db
    .insert(apps)
    .values({ ...values, id: sql`${nextAccountId()}`, website: checkWebsite(input.website) })
    .returning()
  if (!app) throw new Error("the app was not written")
  return {
    ...presentApp(app),
    client_id: clientId,
    client_secret: clientSecret,
    client_secret_expires_at: 0,
  }
}
