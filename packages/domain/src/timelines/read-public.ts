import type { Paging } from "@tintype/contract"
import { type Db, newestFirst, posts, readingOrder, within } from "@tintype/db"
import { and, type SQL, sql } from "drizzle-orm"
import { ownerIsThere } from "../accounts/index.ts"
import { notBarred } from "../barred.ts"
import type { Actor, Context } from "../context.ts"
import { type Filter, isInFeeds, type PostPage, type PostRef, readPostPage } from "../posts/index.ts"

/** Nobody's standing to an author puts a post on a public timeline; that they are muted keeps it off. */
export const isPublic: Filter = ({ post, muted }) => post.visibility === "public" && isInFeeds(post) && !muted

/** The condition stands in the statement as the index has it, not as a parameter. */
async function loadPublic(
  db: Db,
  spared: SQL | undefined,
  paging: Paging,
  again: boolean,
): Promise<PostRef[]> {
  const refs = await db
    .select({ id: posts.id, ownerId: posts.ownerId })
    .from(posts)
    .where(
      and(
        sql`${posts.visibility} = 'public' and ${posts.inFeeds}`,
        spared,
        again ? ownerIsThere(posts.ownerId) : undefined,
        ...within(posts.id, paging),
      ),
    )
    .orderBy(readingOrder(posts.id, paging))
    .limit(paging.limit)
  return newestFirst(refs, paging)
}

export interface PublicQuery extends Paging {
  /** Of other servers only: there are none. */
  remote?: boolean | undefined
}

/** The public posts of all members, newest first, for everybody: one statement over an index of just these. */
export function readPublic(ctx: Context, actor: Actor | null, query: PublicQuery): Promise<PostPage> {
  const spared = actor ? notBarred(actor.accountId, posts.ownerId, ctx.now()) : undefined
  return readPostPage(
    ctx,
    actor,
    async (again) => (query.remote ? [] : loadPublic(ctx.db, spared, query, again)),
    isPublic,
  )
}
