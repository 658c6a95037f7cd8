import type { Status, Visibility } from "@tintype/contract"
import { type Db, type PostId, posts } from "@tintype/db"
import { and, eq, sql } from "drizzle-orm"
import { holdMember } from "../accounts/index.ts"
import { loadCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { Invalid, NotFound } from "../errors.ts"
import { rehangPhotos, removeRenditions } from "../media/index.ts"
import { type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { postChanged, postOpened } from "./events.ts"
import { findVisiblePost, postIdOf } from "./get-post.ts"
import { postCard } from "./post-card.ts"
import { listUnderTags, unlistFromTags } from "./post-tags.ts"
import { presentPost } from "./present-post.ts"

type PostRow = typeof posts.$inferSelect

/** Its place under what it answers, and who counts it there, hang on it. */
const OF_A_COMMENT = "Validation failed: Who may see a comment cannot be changed: it goes by what it answers"

/** The more see a post, the higher; `unlisted` is as open to everybody as `public`. */
const EYES: Readonly<Record<Visibility, number>> = { public: 2, unlisted: 2, private: 1, direct: 0 }

/** An own post as it stands, kept from other changes until the transaction ends. @throws NotFound */
export async function lockOwnPost(tx: Db, { accountId }: Actor, id: PostId): Promise<PostRow> {
  const isIt = and(eq(posts.ownerId, accountId), eq(posts.id, id))
  const [, [row]] = await Promise.all([
    holdMember(tx, accountId),
    tx.select().from(posts).where(isIt).for("no key update"),
  ])
  if (!row) throw new NotFound()
  return row
}

/** Who could find a post, for those who look on and shall lose it. */
export const reachOf = ({
  visibility,
  tags,
  mentions,
}: Pick<PostRow, "visibility" | "tags" | "mentions">) => ({
  visibility,
  tags,
  mentioned: mentions.map(({ id }) => id),
})

async function setVisibility(unit: UnitOfWork, before: PostRow, visibility: Visibility): Promise<void> {
  const { ownerId, id, tags } = before
  await unit.db
    .update(posts)
    .set({ visibility, version: sql`${posts.version} + 1` })
    .where(and(eq(posts.ownerId, ownerId), eq(posts.id, id)))
  if (before.visibility === "public") await unlistFromTags(unit.db, { id }, tags)
  if (visibility === "public") await listUnderTags(unit.db, { id, ownerId }, tags)
}

/**
 * Changes who may see an own post. For whom it is no more it is gone with the acknowledgement, from everywhere, and links
 * to its photos that were made for them lead nowhere. It does not count as edited.
 *
 * @throws NotFound, also for somebody else's post; Invalid for a comment
 */
export async function changeVisibility(
  ctx: Context,
  actor: Actor,
  idText: string,
  visibility: Visibility,
): Promise<Status> {
  const id = postIdOf(idText)
  const { result: old } = await unitOfWork(ctx, actor.accountId, async (unit) => {
    const before = await lockOwnPost(unit.db, actor, id)
    if (before.visibility === visibility) return []
    if (before.threadId) throw new Invalid(OF_A_COMMENT)
    await setVisibility(unit, before, visibility)
    const narrows = EYES[visibility] < EYES[before.visibility]
    const moved = narrows ? await rehangPhotos(ctx, unit, before.ownerId, id) : []
    unit.put(postCard.key(id), await loadCard(unit.db, postCard.key(id)))
    unit.publish(postChanged, before.ownerId, { postId: id, before: reachOf(before) })
    if (!narrows) unit.publish(postOpened, before.ownerId, { postId: id })
    return moved
  })
  await removeRenditions(ctx, actor.accountId, old)
  return presentPost(ctx, await findVisiblePost(ctx, actor, id))
}
