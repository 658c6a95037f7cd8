import { defineEvent } from "@tintype/queue"
import { Type } from "typebox"

/** A token of an account is good for nothing any more. */
export const sessionEnded = defineEvent({
  name: "auth.session-ended",
  payload: Type.Object({ accountId: Type.String() }),
})
