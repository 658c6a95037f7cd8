import { idOf } from "@tintype/db"
import type { PostRef } from "../posts/index.ts"

/** Digits of six bits in the order of their codes, so that entries sort as the numbers in them do. */
const ALPHABET = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

const DIGITS = 21
/** Two ids of 63 bits are ten digits each, and one that both have half of. */
const MIDDLE = 10

const codes = Uint8Array.from(ALPHABET, (digit) => digit.charCodeAt(0))
const NONE = 255
const values = new Uint8Array(256).fill(NONE)
for (const [value, code] of codes.entries()) values[code] = value

/** Five digits: what a number does bit by bit is quick for as many, and slow for a bigint's. */
const LOW = 0x3fff_ffffn
const FIVE = 5

// A list of hundreds is made at once: each entry is put together in the same place.
const digits = Buffer.alloc(DIGITS)

function put(from: number, count: number, number: number): void {
  for (let at = from + count - 1, left = number; at >= from; at--, left >>>= 6) {
    digits[at] = codes[left & 63] ?? 0
  }
}

/** Both are of 63 bits. */
function encode(id: bigint, ownerId: bigint): string {
  put(0, FIVE, Number(id >> 33n))
  put(FIVE, FIVE, Number((id >> 3n) & LOW))
  put(MIDDLE, 1, (Number(id & 7n) << 3) | Number(ownerId >> 60n))
  put(MIDDLE + 1, FIVE, Number((ownerId >> 30n) & LOW))
  put(MIDDLE + 1 + FIVE, FIVE, Number(ownerId & LOW))
  return digits.toString("latin1")
}

/** A post in a warm timeline: two ids in 21 characters, of which those of a newer post are the greater text. */
export const encodeEntry = ({ id, ownerId }: PostRef): string => encode(BigInt(id), BigInt(ownerId))

/** Less than the entry of the post, and greater than those of all older ones. */
export const lowerBound = (postId: string): string => encode(BigInt(postId), 0n)

/** Greater than the entry of the post, and less than those of all newer ones. */
export const upperBound = (postId: string): string => `${encode(BigInt(postId), 2n ** 63n - 1n)}~`

/** Five digits as a number; NaN if one of them is none. */
function take(text: string, from: number): number {
  let number = 0
  for (let at = from; at < from + FIVE; at++) {
    const value = values[text.charCodeAt(at)] ?? NONE
    if (value === NONE) return Number.NaN
    number = number * 64 + value
  }
  return number
}

/** Null for what `encodeEntry` did not write. */
export function decodeEntry(text: string): PostRef | null {
  if (text.length !== DIGITS) return null
  const [first, second] = [take(text, 0), take(text, FIVE)]
  const [third, fourth] = [take(text, MIDDLE + 1), take(text, MIDDLE + 1 + FIVE)]
  const middle = values[text.charCodeAt(MIDDLE)] ?? NONE
  if (middle === NONE || Number.isNaN(first + second + third + fourth)) return null
  const id = idOf<"post">((BigInt(first) << 33n) | (BigInt(second) << 3n) | BigInt(middle >> 3))
  const ownerId = idOf<"account">((BigInt(middle & 7) << 60n) | (BigInt(third) << 30n) | BigInt(fourth))
  return id && ownerId ? { id, ownerId } : null
}
