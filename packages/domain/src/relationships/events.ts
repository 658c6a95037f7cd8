import { defineEvent } from "@tintype/queue"
import { Type } from "typebox"

/** An account follows another one, or does so no longer. */
export const followChanged = defineEvent({
  name: "accounts.follow-changed",
  payload: Type.Object({ followerId: Type.String(), followeeId: Type.String(), following: Type.Boolean() }),
})
