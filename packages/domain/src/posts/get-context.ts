import type { StatusContext } from "@tintype/contract"
import type { AccountId, Db, PostId } from "@tintype/db"
import { sql } from "drizzle-orm"
import type { Actor, Context } from "../context.ts"
import { threadOf } from "./comment-place.ts"
import { findVisiblePost, postIdOf } from "./get-post.ts"
import { type Filter, hydratePosts, type PostRef, type SeenPost } from "./hydrate-posts.ts"
import { presentPost } from "./present-post.ts"

/** How far a conversation is followed: `above` and `below` in posts, `depth` in answers to answers. */
const BOUNDS = {
  stranger: { above: 40, below: 60, depth: 20 },
  member: { above: 40, below: 1_000, depth: 40 },
} as const

interface CommentRow extends Record<string, unknown> {
  id: PostId
  ownerId: AccountId
  parentId: PostId
  audienceId: AccountId | null
  above: boolean
}

/**
 * The comments around a post, by one statement: those that it answers, from the nearest, and those that answer it, the
 * nearer ones and of these the older ones first. Both go along an index of the thread, and stop at their bounds.
 */
function loadThread(
  db: Db,
  { comment, ...post }: SeenPost["post"],
  { above, below, depth }: (typeof BOUNDS)[keyof typeof BOUNDS],
) {
  const thread = threadOf({ comment, ...post })
  const inThread = sql`c.owner_id = ${thread.ownerId}::bigint and c.post_id = ${thread.id}::bigint`
  const columns = sql`c.id, c.account_id, c.parent_id`
  return db.execute<CommentRow>(sql`
    with recursive up as (
      select ${columns}, 1 as depth from comments c
      where ${inThread} and c.id = ${comment?.inReplyToId ?? "0"}::bigint
      union all
      select ${columns}, up.depth + 1 from up join comments c on ${inThread} and c.id = up.parent_id
      where up.depth < ${above}::int
    ), down as (
      (select ${columns}, 1 as depth from comments c
      where ${inThread} and c.parent_id = ${post.id}::bigint order by c.id limit ${below}::int)
      union all
      select c.*, down.depth + 1 from down cross join lateral (
        select ${columns} from comments c where ${inThread} and c.parent_id = down.id
        order by c.id limit ${below}::int) c
      where down.depth < ${depth}::int
    ), found as (
      (select id, account_id, parent_id, depth, true as above from up)
      union all (select id, account_id, parent_id, depth, false from down limit ${below}::int)
    )
    select found.id as "id", found.account_id as "ownerId", found.parent_id as "parentId",
      p.audience_id as "audienceId", found.above as "above"
    from found join posts p on p.owner_id = found.account_id and p.id = found.id
    order by found.above desc, found.depth, found.id`)
}

/** What the post answers, from the first on. */
function ancestorsOf(post: SeenPost["post"], rows: readonly CommentRow[]): PostRef[] {
  const up = rows.filter(({ above }) => above)
  const first = up.length > 0 ? up.at(-1)?.parentId : post.comment?.inReplyToId
  const thread = threadOf(post)
  return [...(first === thread.id ? [thread] : []), ...up.reverse()]
}

/** What answers the post: each comment followed by what answers it, the older ones first. */
function descendantsOf({ id }: PostRef, rows: readonly CommentRow[]): PostRef[] {
  const answers = Map.groupBy(
    rows.filter(({ above }) => !above),
    ({ parentId }) => parentId,
  )
  const below = (parent: PostId): PostRef[] =>
    (answers.get(parent) ?? []).flatMap((row) => [row, ...below(row.id)])
  return below(id)
}

/** Whom the viewer mutes they need not hear in conversations either. */
const isHeard: Filter = ({ muted }) => !muted

/**
 * What a post answers and what answers it, as far as the viewer may see each: one statement for the thread, one round
 * trip to the cache and at most one more statement for the posts in it.
 *
 * @throws NotFound as for the post
 */
export async function getPostContext(
  ctx: Context,
  actor: Actor | null,
  idText: string,
): Promise<StatusContext> {
  const { post } = await findVisiblePost(ctx, actor, postIdOf(idText))
  const rows = await loadThread(ctx.db, post, BOUNDS[actor ? "member" : "stranger"])
  const ancestors = ancestorsOf(post, rows)
  const seen = await hydratePosts(ctx, actor, [...ancestors, ...descendantsOf(post, rows)], isHeard)
  const above = new Set(ancestors.map(({ id }) => id))
  const present = (some: SeenPost[]) => some.map((each) => presentPost(ctx, each))
  return {
    ancestors: present(seen.filter((each) => above.has(each.post.id))),
    descendants: present(seen.filter((each) => !above.has(each.post.id))),
  }
}
