import { defineWorkflow } from "@tintype/queue"
import { Type } from "typebox"

const work = { attempts: 5, backoffMs: [1_000, 60_000] } as const

/** Posts of an account that follow each other: those after one id up to another. */
const Chunk = Type.Object({ after: Type.String(), upTo: Type.String() })

/** Collects everything that a member has put here, packs it chunk by chunk, and makes one file of it. */
export const exportWorkflow = defineWorkflow({
  name: "accounts.export",
  class: "transfer",
  input: Type.Object({ exportId: Type.String() }),
  unique: () => "one",
})
  .task("collect", { ...work, deadlineSeconds: 600, result: Type.Array(Chunk), undo: true })
  .each("pack", {
    ...work,
    over: "collect",
    width: 4,
    deadlineSeconds: 300,
    result: Type.Object({ posts: Type.Integer(), bytes: Type.Integer() }),
  })
  .task("zip", {
    ...work,
    after: ["pack"],
    deadlineSeconds: 6 * 3600,
    result: Type.Object({ bytes: Type.Integer(), posts: Type.Integer(), photos: Type.Integer() }),
  })
  .build()
