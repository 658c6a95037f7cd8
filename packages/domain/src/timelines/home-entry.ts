import { idOf } from "@tintype/db"
import type { PostRef } from "../posts/index.ts"

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
/** The same digits in the order of their codes, so that entries sort as the numbers in them do. */
const SORTED = [...BASE64URL].sort().join("")

/** Puts the digit of one alphabet in the place of the other's. */
function translator(from: string, to: string): (text: string) => string {
  const table = new Uint8Array(256)
  for (const [index, digit] of [...from].entries()) table[digit.charCodeAt(0)] = to.charCodeAt(index)
  return (text) => {
    const bytes = Buffer.from(text, "latin1")
    for (let index = 0; index < bytes.length; index++) bytes[index] = table[bytes[index] ?? 0] ?? 0
    return bytes.toString("latin1")
  }
}

const DIGITS = 21

const toSorted = translator(BASE64URL, SORTED)
const fromSorted = translator(SORTED, BASE64URL)

/** Both are positive, so that 126 bits hold them: 21 digits of six, and one of nothing. */
function encode(id: bigint, ownerId: bigint): string {
  const bytes = Buffer.alloc(16)
  bytes.writeBigUInt64BE((id << 1n) | (ownerId >> 62n), 0)
  bytes.writeBigUInt64BE(BigInt.asUintN(64, ownerId << 2n), 8)
  return toSorted(bytes.toString("base64url").slice(0, DIGITS))
}

/** A post in a warm timeline: two ids in 21 characters, of which those of a newer post are the greater text. */
export const encodeEntry = ({ id, ownerId }: PostRef): string => encode(BigInt(id), BigInt(ownerId))

/** Less than the entry of the post, and greater than those of all older ones. */
export const lowerBound = (postId: string): string => encode(BigInt(postId), 0n)

/** Greater than the entry of the post, and less than those of all newer ones. */
export const upperBound = (postId: string): string => `${encode(BigInt(postId), 2n ** 63n - 1n)}~`

/** Null for what `encodeEntry` did not write. */
export function decodeEntry(text: string): PostRef | null {
  if (text.length !== DIGITS) return null
  const bytes = Buffer.from(`${fromSorted(text)}A`, "base64url")
  if (bytes.length !== 16) return null
  const [high, low] = [bytes.readBigUInt64BE(0), bytes.readBigUInt64BE(8)]
  const id = idOf<"post">(high >> 1n)
  const ownerId = idOf<"account">(((high & 1n) << 62n) | (low >> 2n))
  return id && ownerId ? { id, ownerId } : null
}
