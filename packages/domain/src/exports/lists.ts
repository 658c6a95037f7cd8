import {
  type AccountId,
  bookmarks,
  type Db,
  followers,
  follows,
  likes,
  listMembers,
  lists,
  type PostId,
} from "@tintype/db"
import { and, asc, eq, gt, isNotNull, isNull, type SQL } from "drizzle-orm"
import { profileUrl } from "../accounts/index.ts"
import type { Context, Settings } from "../context.ts"
import { collectionHead, collectionTail } from "./activity.ts"
import { namesOf } from "./names.ts"

const AT_ONCE = 1_000

/** Reads a list page by page. @param place what of a row says where the next page begins */
async function* pages<Row, Place>(
  read: (after: Place | undefined) => Promise<Row[]>,
  place: (row: Row) => Place,
): AsyncGenerator<Row[]> {
  let after: Place | undefined
  for (;;) {
    const rows = await read(after)
    const last = rows.at(-1)
    if (!last) return
    yield rows
    if (rows.length < AT_ONCE) return
    after = place(last)
  }
}

interface Marked {
  postId: PostId
  ownerId: AccountId
}

/** Posts by their addresses, as a collection. */
async function* collection(
  { db, settings }: Context,
  id: string,
  found: AsyncIterable<Marked[]>,
): AsyncGenerator<Buffer> {
  yield Buffer.from(collectionHead(id))
  let total = 0
  for await (const rows of found) {
    const names = await namesOf(
      db,
      rows.map(({ ownerId }) => ownerId),
    )
    const urls = rows.flatMap(({ ownerId, postId }) => {
      const username = names.get(ownerId)
      return username === undefined ? [] : [`${profileUrl(settings, username)}/${postId}`]
    })
    const text = urls.map((url) => JSON.stringify(url)).join(",\n")
    yield Buffer.from(total > 0 && text ? `,\n${text}` : text)
    total += urls.length
  }
  yield Buffer.from(collectionTail(total))
}

/** What the member likes, in the order in which they liked it. */
export const likesJson = (ctx: Context, ownerId: AccountId) =>
  collection(
    ctx,
    "likes.json",
    pages(
      (after: (typeof likes.$inferSelect)["id"] | undefined) =>
        ctx.db
          .select({ postId: likes.postId, ownerId: likes.ownerId, id: likes.id })
          .from(likes)
          .where(and(eq(likes.accountId, ownerId), after && gt(likes.id, after)))
          .orderBy(asc(likes.id))
          .limit(AT_ONCE),
      ({ id }) => id,
    ),
  )

/** What the member has kept for later, in the order in which they did. */
export const bookmarksJson = (ctx: Context, ownerId: AccountId) =>
  collection(
    ctx,
    "bookmarks.json",
    pages(
      (after: (typeof bookmarks.$inferSelect)["id"] | undefined) =>
        ctx.db
          .select({ postId: bookmarks.postId, ownerId: bookmarks.ownerId, id: bookmarks.id })
          .from(bookmarks)
          .where(
            and(
              eq(bookmarks.accountId, ownerId),
              eq(bookmarks.active, true),
              after && gt(bookmarks.id, after),
            ),
          )
          .orderBy(asc(bookmarks.id))
          .limit(AT_ONCE),
      ({ id }) => id,
    ),
  )

/**
 * Names are letters, digits and underscores: nothing in a table of them has to be quoted.
 *
 * @param rest what stands behind an address
 */
async function* addresses<Row extends { id: AccountId }>(
  { db, settings }: { db: Db; settings: Settings },
  head: string,
  rest: (row: Row) => string,
  found: AsyncIterable<Row[]>,
): AsyncGenerator<Buffer> {
  const { host } = new URL(settings.publicUrl)
  yield Buffer.from(`${head}\n`)
  for await (const rows of found) {
    const names = await namesOf(
      db,
      rows.map(({ id }) => id),
    )
    const lines = rows.flatMap((row) => {
      const username = names.get(row.id)
      return username === undefined ? [] : [`${username}@${host}${rest(row)}\n`]
    })
    yield Buffer.from(lines.join(""))
  }
}

/** Whom the member follows, as other servers import it. */
export const followingCsv = (ctx: Context, ownerId: AccountId) =>
  addresses(
    ctx,
    "Account address,Show boosts,Notify on new posts,Languages",
    () => ",true,false,",
    pages(
      (after: AccountId | undefined) =>
        ctx.db
          .select({ id: follows.followeeId })
          .from(follows)
          .where(
            and(
              eq(follows.followerId, ownerId),
              eq(follows.active, true),
              after && gt(follows.followeeId, after),
            ),
          )
          .orderBy(asc(follows.followeeId))
          .limit(AT_ONCE),
      ({ id }) => id,
    ),
  )

/** Those of the rows under the member's own id of which this is true, in the order of accounts. */
const standings = ({ db }: Context, ownerId: AccountId, isMeant: SQL | undefined) =>
  pages(
    (after: AccountId | undefined) =>
      db
        .select({ id: follows.followeeId, hidesNotifications: follows.muteNotifications })
        .from(follows)
        .where(and(eq(follows.followerId, ownerId), isMeant, after && gt(follows.followeeId, after)))
        .orderBy(asc(follows.followeeId))
        .limit(AT_ONCE),
    ({ id }) => id,
  )

/** Whom the member blocks, as other servers import it. */
export const blockedCsv = (ctx: Context, ownerId: AccountId) =>
  addresses(ctx, "Account address", () => "", standings(ctx, ownerId, isNotNull(follows.blockId)))

/** Whom the member mutes for ever, as other servers import it. */
export const mutedCsv = (ctx: Context, ownerId: AccountId) =>
  addresses(
    ctx,
    "Account address,Hide notifications",
    ({ hidesNotifications }) => `,${hidesNotifications}`,
    standings(ctx, ownerId, and(isNotNull(follows.muteId), isNull(follows.mutedUntil))),
  )

/** A title as a field of CSV (RFC 4180). */
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

/** The member's lists and who is on them, as other servers import it: a line for each place on a list. */
export async function* listsCsv({ db, settings }: Context, ownerId: AccountId): AsyncGenerator<Buffer> {
  const { host } = new URL(settings.publicUrl)
  const own = await db.select().from(lists).where(eq(lists.ownerId, ownerId)).orderBy(asc(lists.id))
  for (const { id, title } of own) {
    const isOnIt = and(eq(listMembers.ownerId, ownerId), eq(listMembers.listId, id))
    const members = await db
      .select({ id: listMembers.accountId })
      .from(listMembers)
      .where(isOnIt)
      .orderBy(asc(listMembers.accountId))
    const names = await namesOf(
      db,
      members.map((member) => member.id),
    )
    const lines = [...names.values()].map((username) => `${quoted(title)},${username}@${host}\n`)
    yield Buffer.from(lines.join(""))
  }
}

/** Who follows the member. */
export const followersCsv = (ctx: Context, ownerId: AccountId) =>
  addresses(
    ctx,
    "Account address",
    () => "",
    pages(
      (after: AccountId | undefined) =>
        ctx.db
          .select({ id: followers.followerId })
          .from(followers)
          .where(and(eq(followers.followeeId, ownerId), after && gt(followers.followerId, after)))
          .orderBy(asc(followers.followerId))
          .limit(AT_ONCE),
      ({ id }) => id,
    ),
  )
