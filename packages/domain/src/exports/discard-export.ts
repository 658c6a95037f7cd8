import type { AccountId, ExportId } from "@tintype/db"
import type { Context } from "../context.ts"
import { exportFolder } from "./keys.ts"

/** Removes what an export that comes to nothing has written so far. */
export const discardExport = (ctx: Context, ownerId: AccountId, id: ExportId): Promise<void> =>
  ctx.blobs.remove(exportFolder(ownerId, id))
