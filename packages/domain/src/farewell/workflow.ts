import { defineWorkflow } from "@tintype/queue"
import { Type } from "typebox"

/** Whatever stands in its way goes away some day: what a member took back is not given up. */
const work = { attempts: 100, backoffMs: [1_000, 600_000], deadlineSeconds: 600 } as const

/** What of an account may be very much, and is erased in chunks. */
export const CHUNKED = ["posts", "likes", "bookmarks", "follows", "followers"] as const
export type Chunked = (typeof CHUNKED)[number]

/** Rows of a kind that follow each other: those after one key up to another. */
const Chunk = Type.Object({
  kind: Type.Unsafe<Chunked>({ type: "string", enum: [...CHUNKED] }),
  after: Type.String(),
  upTo: Type.String(),
})
export type Chunk = Type.Static<typeof Chunk>

/** Erases for good what an account left that is gone for everybody already. Each step may be done again. */
export const farewellWorkflow = defineWorkflow({
  name: "accounts.erase",
  class: "upkeep",
  input: Type.Object({}),
  unique: () => "one",
})
  .task("collect", { ...work, result: Type.Array(Chunk) })
  .each("chunk", { ...work, over: "collect", width: 4, result: Type.Integer() })
  .task("rest", { ...work, after: ["chunk"], result: Type.Null() })
  .build()
