import { defineJob } from "@tintype/queue"
import { Type } from "typebox"

/** Adds up what followers changed of an account's follower count. They join the one that waits. */
export const foldFollowersJob = defineJob({
  name: "accounts.fold-followers",
  class: "feed",
  payload: Type.Object({ accountId: Type.String() }),
  attempts: 20,
  backoffMs: [100, 30_000],
  deadlineSeconds: 15,
  unique: { mode: "fold", key: ({ accountId }) => accountId },
})
