import { type Static, Type } from "typebox"
import { Compile } from "typebox/compile"

/**
 * To a child: develop the file `input` into the empty folder `outDir`. Into JPEG, with what the photo's row shall say of
 * it, which is all that it needs to be shown; or into the AVIF beside that.
 */
const Request = Type.Object({
  input: Type.String(),
  outDir: Type.String(),
  form: Type.Union([Type.Literal("jpeg"), Type.Literal("avif")]),
})
export type DevelopRequest = Static<typeof Request>

const Developed = Type.Object({
  /** Of the largest rendition. */
  width: Type.Integer(),
  height: Type.Integer(),
  /** Upright. */
  originalWidth: Type.Integer(),
  originalHeight: Type.Integer(),
  blurhash: Type.String(),
  /** Whether there is an `animation.webp` as well. */
  animated: Type.Boolean(),
  /** Time spent on decoding, resizing and encoding. */
  sharpMs: Type.Number(),
  /** The processor's time for the same, of all threads together. */
  cpuMs: Type.Number(),
})
export type Developed = Static<typeof Developed>

const Reply = Type.Union([
  /** Comes before any other: what happens from here on may be the photo's fault. */
  Type.Object({ began: Type.Literal(true) }),
  Type.Object({ developed: Developed }),
  /** It is there as AVIF too. */
  Type.Object({ refined: Type.Literal(true) }),
  /**
   * The photo's own fault, in words for the member: trying again would not help. Doubtful when a decoder said so: one
   * that is refused memory may say the same.
   */
  Type.Object({ refused: Type.String(), doubtful: Type.Boolean() }),
  /** Ours, or nobody knows whose. The code is the system's, such as `ENOSPC`, or `ENOMEM`. */
  Type.Object({ failed: Type.String(), code: Type.Optional(Type.String()) }),
])
export type DevelopReply = Static<typeof Reply>
export type DevelopResult = Exclude<DevelopReply, { began: true }>

const request = Compile(Request)
const reply = Compile(Reply)

/** @throws when it is no request */
export function parseRequest(message: unknown): DevelopRequest {
  if (!request.Check(message)) throw new Error("not a develop request")
  return message
}

/** @throws when it is no reply */
export function parseReply(message: unknown): DevelopReply {
  if (!reply.Check(message)) throw new Error("not a develop reply")
  return message
}
