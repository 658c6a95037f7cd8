import type { Context } from "../context.ts"
import { covers, FULL_SCOPES } from "./scopes.ts"
import type { Session } from "./session.ts"
import { webAppId } from "./web-app.ts"

const coversAny = (granted: readonly string[], wanted: readonly string[]) =>
  wanted.some((scope) => covers(granted, scope))

/**
 * Whether a session's scopes allow what needs one of the `wanted` ones. A session of the web app has all that the web app
 * has in this release, whatever was written down when it began: nobody has to sign in again for what is new.
 */
export async function allows(
  { db }: Context,
  { appId, scopes }: Pick<Session, "appId" | "scopes">,
  wanted: readonly string[],
): Promise<boolean> {
  if (coversAny(scopes, wanted)) return true
  return coversAny(FULL_SCOPES, wanted) && appId === (await webAppId(db))
}
