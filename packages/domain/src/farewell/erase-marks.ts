import { type AccountId, bookmarks, favourites, likes, posts } from "@tintype/db"
import { and, asc, eq, inArray, type SQL } from "drizzle-orm"
import { noteDelta } from "../counter-deltas.ts"
import { bookmarkMark, favouriteMark } from "../posts/index.ts"
import type { UnitOfWork } from "../unit-of-work.ts"

/** Erases some of the likes that the account gave; their posts' counts are folded. @returns how many */
export async function eraseLikes(unit: UnitOfWork, accountId: AccountId, batch: SQL): Promise<number> {
  const gone = await unit.db
    .delete(likes)
    .where(and(eq(likes.accountId, accountId), batch))
    .returning({ postId: likes.postId, ownerId: likes.ownerId })
  if (gone.length === 0) return 0
  const postIds = gone.map(({ postId }) => postId)
  const owners = [...new Set(gone.map(({ ownerId }) => ownerId))]
  const isPost = and(inArray(posts.ownerId, owners), inArray(posts.id, postIds))
  // Held, as nobody folds a note about a post that is gone.
  const held = await unit.db
    .select({ id: posts.id })
    .from(posts)
    .where(isPost)
    .orderBy(asc(posts.id))
    .for("key share")
  const there = new Set(held.map(({ id }) => id))
  const { ownerId: owner, postId: post, accountId: account } = favourites
  const marks = await unit.db
    .delete(favourites)
    .where(and(inArray(owner, owners), inArray(post, postIds), eq(account, accountId)))
    .returning({ ownerId: owner, postId: post, version: favourites.version, active: favourites.active })
  for (const { ownerId, postId, version, active } of marks) {
    unit.put(favouriteMark.key({ ownerId, postId, accountId }), { version: version + 1, value: null })
    if (active && there.has(postId)) await noteDelta(unit.db, ownerId, postId, -1)
  }
  return gone.length
}

/** Erases some of the account's bookmarks. @returns how many */
export async function eraseBookmarks(unit: UnitOfWork, accountId: AccountId, batch: SQL): Promise<number> {
  const gone = await unit.db
    .delete(bookmarks)
    .where(and(eq(bookmarks.accountId, accountId), batch))
    .returning({ postId: bookmarks.postId, version: bookmarks.version })
  for (const { postId, version } of gone) {
    unit.put(bookmarkMark.key({ accountId, postId }), { version: version + 1, value: null })
  }
  return gone.length
}
