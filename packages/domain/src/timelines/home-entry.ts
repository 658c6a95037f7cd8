import type { AccountId, PostId } from "@tintype/db"
import { parseId } from "@tintype/db"
import type { PostRef } from "../posts/index.ts"

/** A post in a warm timeline: two 64-bit ids in 22 characters. */
export function encodeEntry({ id, ownerId }: PostRef): string {
  const bytes = Buffer.alloc(16)
  bytes.writeBigUInt64BE(BigInt(id), 0)
  bytes.writeBigUInt64BE(BigInt(ownerId), 8)
  return bytes.toString("base64url")
}

/** Null for what `encodeEntry` did not write. */
export function decodeEntry(text: string): PostRef | null {
  const bytes = Buffer.from(text, "base64url")
  if (bytes.length !== 16) return null
  const id: PostId | null = parseId<"post">(String(bytes.readBigUInt64BE(0)))
  const ownerId: AccountId | null = parseId<"account">(String(bytes.readBigUInt64BE(8)))
  return id && ownerId ? { id, ownerId } : null
}
