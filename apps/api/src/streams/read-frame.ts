import { Invalid } from "@tintype/domain"
import { type Channel, channelOf } from "@tintype/domain/streams"
import { Type } from "typebox"
import { Compile } from "typebox/compile"

/** What a client may say over a WebSocket. */
const Frame = Type.Object({
  type: Type.Union([Type.Literal("subscribe"), Type.Literal("unsubscribe")]),
  stream: Type.String({ maxLength: 100 }),
  tag: Type.Optional(Type.String({ maxLength: 300 })),
  list: Type.Optional(Type.String({ maxLength: 30 })),
})
const check = Compile(Frame)

export interface Wish {
  type: "subscribe" | "unsubscribe"
  channel: Channel
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Invalid("This is no JSON")
  }
}

/** @throws Invalid */
export function readFrame(text: string): Wish {
  const frame = parse(text)
  if (!check.Check(frame)) throw new Invalid("Neither subscribe nor unsubscribe, or no stream")
  const channel = channelOf(frame.stream, frame)
  if (!channel) throw new Invalid(`Unknown channel requested: ${frame.stream}`)
  return { type: frame.type, channel }
}
