import { type Static, Type } from "typebox"
import { Compile } from "typebox/compile"

const Ref = { id: Type.String(), ownerId: Type.String() }

/** Who could find a post. */
const Reach = {
  visibility: Type.String(),
  tags: Type.Array(Type.String()),
  mentioned: Type.Array(Type.String()),
}

/** What processes with open streams are told: ids, to be looked up by those whom it concerns. */
const StreamMessage = Type.Union([
  Type.Object({ kind: Type.Literal("published"), ...Ref }),
  Type.Object({ kind: Type.Literal("changed"), ...Ref, before: Type.Optional(Type.Object(Reach)) }),
  Type.Object({ kind: Type.Literal("deleted"), ...Ref, ...Reach }),
  Type.Object({
    kind: Type.Literal("follow"),
    followerId: Type.String(),
    followeeId: Type.String(),
    following: Type.Boolean(),
  }),
  Type.Object({ kind: Type.Literal("session"), accountId: Type.String() }),
])
export type StreamMessage = Static<typeof StreamMessage>
export type Deletion = Pick<Extract<StreamMessage, { kind: "deleted" }>, "id" | keyof typeof Reach>

const check = Compile(StreamMessage)

/** @returns null for what no process of this release tells */
export function readStreamMessage(text: string): StreamMessage | null {
  try {
    const value: unknown = JSON.parse(text)
    return check.Check(value) ? value : null
  } catch {
    return null
  }
}

/** @param prefix stands before the names of this instance in Redis */
export const streamChannel = (prefix = ""): string => `${prefix}streams`
