import { type AppId, apps, type Db, nextAccountId } from "@tintype/db"
import { eq, sql } from "drizzle-orm"
import { FULL_SCOPES } from "./scopes.ts"
import { hashSecret, randomSecret } from "./secrets.ts"

/** Sessions of the instance's own web app are tokens of this app. It has no redirect URI, and nobody its secret. */
const CLIENT_ID = "tintype-web"

async function findWebApp(db: Db): Promise<AppId | undefined> {
  const [app] = await db.select({ id: apps.id }).from(apps).where(eq(apps.clientId, CLIENT_ID))
  return app?.id
}

/** The web app's id; the first one who asks registers it. */
export async function webAppId(db: Db): Promise<AppId> {
  const known = await findWebApp(db)
  if (known) return known
  await db
    .insert(apps)
    .values({
      id: sql`${nextAccountId()}`,
      clientId: CLIENT_ID,
      clientSecretHash: hashSecret(randomSecret()),
      name: "Tintype",
      redirectUris: [],
      scopes: [...FULL_SCOPES],
    })
    .onConflictDoNothing()
  const registered = await findWebApp(db)
  if (!registered) throw new Error("the web app was not registered")
  return registered
}
