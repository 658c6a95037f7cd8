import type { Application } from "@tintype/contract"
import { apps, type Db } from "@tintype/db"
import { eq } from "drizzle-orm"
import { invalidClient } from "./oauth-refusal.ts"
import { hashSecret, sameText } from "./secrets.ts"

export type App = typeof apps.$inferSelect

/** Compared with when there is no such client, so that this takes just as long. */
const NO_SECRET_HASH = hashSecret("")

export async function findApp(db: Db, clientId: string): Promise<App | null> {
  const [app] = await db.select().from(apps).where(eq(apps.clientId, clientId))
  return app ?? null
}

export interface ClientCredentials {
  clientId: string | undefined
  clientSecret: string | undefined
}

/** The app that these credentials belong to. @throws OAuthRefusal `invalid_client` */
export async function authenticateClient(
  db: Db,
  { clientId = "", clientSecret = "" }: ClientCredentials,
): Promise<App> {
  const app = await findApp(db, clientId)
  const matches = sameText(hashSecret(clientSecret), app?.clientSecretHash ?? NO_SECRET_HASH)
  if (!app || !matches || clientSecret === "") throw invalidClient()
  return app
}

/** The app as clients see it. */
export const presentApp = (
  app: Pick<App, "id" | "name" | "website" | "scopes" | "redirectUris">,
): Application => ({
  id: app.id,
  name: app.name,
  website: app.website,
  scopes: app.scopes,
  redirect_uris: app.redirectUris,
  redirect_uri: app.redirectUris.join("\n"),
  vapid_key: "",
})
