import type { Application } from "@tintype/contract"
import { apps } from "@tintype/db"
import { eq } from "drizzle-orm"
import type { Context } from "../context.ts"
import { Unauthorized } from "../errors.ts"
import { presentApp } from "./app.ts"
import type { AppCaller } from "./session.ts"

/** The app that the caller's token belongs to. @throws Unauthorized when it is gone */
export async function verifyApp(ctx: Context, { appId }: AppCaller): Promise<Application> {
  const [app] = await ctx.db.select().from(apps).where(eq(apps.id, appId))
  if (!app) throw new Unauthorized()
  return presentApp(app)
}
