import { type AccountId, type Db, idempotencyKeys, type PostId } from "@tintype/db"
import { and, eq, gt, lte, type SQL, sql } from "drizzle-orm"
import { Conflict } from "../errors.ts"

/** A key of a member, with the hash of what was sent with it. */
export interface RequestKey {
  accountId: AccountId
  key: string
  requestHash: string
}

/** The same key is another one after that. */
const FORGOTTEN: SQL = sql`now() - interval '1 hour'`

/** @returns the post that a call with the key made @throws Conflict when the key was used for another input */
export async function findKeyed(db: Db, { accountId, key, requestHash }: RequestKey): Promise<PostId | null> {
  const [earlier] = await db
    .select()
    .from(idempotencyKeys)
    .where(
      and(
        eq(idempotencyKeys.accountId, accountId),
        eq(idempotencyKeys.key, key),
        gt(idempotencyKeys.createdAt, FORGOTTEN),
      ),
    )
  if (earlier && earlier.requestHash !== requestHash) {
    throw new Conflict("This Idempotency-Key was used for another post.")
  }
  return earlier?.postId ?? null
}

/**
 * Claims a key for a post, in the transaction that writes the post. A second call with the key waits here for the
 * first one's COMMIT. @returns the post that the key led to, null when it is this one
 * @throws Conflict when the key was used for another input
 */
export async function claimKey(db: Db, request: RequestKey, postId: PostId): Promise<PostId | null> {
  const own = eq(idempotencyKeys.accountId, request.accountId)
  await db.delete(idempotencyKeys).where(and(own, lte(idempotencyKeys.createdAt, FORGOTTEN)))
  const claimed = await db
    .insert(idempotencyKeys)
    .values({ ...request, postId })
    .onConflictDoNothing()
    .returning({ postId: idempotencyKeys.postId })
  if (claimed.length > 0) return null
  const earlier = await findKeyed(db, request)
  if (!earlier) throw new Conflict("This Idempotency-Key is in use. Please try again.")
  return earlier
}
