import type { Status } from "@tintype/contract"
import {
  type Db,
  type Mention,
  media,
  type PostId,
  postRevisions,
  posts,
  type RevisedPhoto,
} from "@tintype/db"
import { and, asc, eq, lte, sql } from "drizzle-orm"
import { partsOfCaption } from "../caption-html.ts"
import { loadCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { Invalid } from "../errors.ts"
import { parseFocus } from "../media/index.ts"
import { type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { lockOwnPost, reachOf } from "./change-visibility.ts"
import { postChanged, postOpened } from "./events.ts"
import { findVisiblePost, postIdOf } from "./get-post.ts"
import { postCard } from "./post-card.ts"
import { checkTexts, findMentions } from "./post-draft.ts"
import { listUnderTags, unlistFromTags } from "./post-tags.ts"
import { presentPost } from "./present-post.ts"

/** Versions of a post that are kept; of one that is edited more often the oldest go. */
const MOST_REVISIONS = 100

type PostRow = typeof posts.$inferSelect

/** What a post is to say from now on. */
export interface PostEdit {
  caption: string
  spoilerText: string
  sensitive: boolean
  /** As it was if not given. */
  language: string | null | undefined
  /** The photos in their new order: all of them, and no others. */
  mediaIds: readonly string[] | undefined
  photos: readonly { id: string; description?: string | null | undefined; focus?: string | undefined }[]
}

interface PostPhoto extends RevisedPhoto {
  position: number
  focusX: number
  focusY: number
}

const lockPhotos = (tx: Db, { ownerId, id }: PostRow): Promise<PostPhoto[]> =>
  tx
    .select({
      id: media.id,
      description: media.description,
      position: media.position,
      focusX: media.focusX,
      focusY: media.focusY,
    })
    .from(media)
    .where(and(eq(media.ownerId, ownerId), eq(media.postId, id)))
    .orderBy(asc(media.position))
    .for("no key update")

/** What the photos are to be. @throws Invalid for photos that are not the post's */
function revisePhotos(photos: readonly PostPhoto[], edit: PostEdit): PostPhoto[] {
  const known = new Set<string>(photos.map(({ id }) => id))
  const order = edit.mediaIds?.length ? edit.mediaIds : [...known]
  const isSame = order.length === known.size && new Set(order).size === known.size
  if (!isSame || [...order, ...edit.photos.map(({ id }) => id)].some((id) => !known.has(id))) {
    throw new Invalid(
      "Validation failed: The photos of a post cannot be changed, only their order and descriptions",
    )
  }
  return photos.map((photo) => {
    const change = edit.photos.find(({ id }) => id === photo.id)
    const { description } = change ?? {}
    return {
      ...photo,
      ...parseFocus(change?.focus),
      description: description === undefined ? photo.description : description || null,
      position: edit.mediaIds?.length ? order.indexOf(photo.id) + 1 : photo.position,
    }
  })
}

/** @throws Invalid when there is neither a photo nor a text */
function checkNotEmpty(photos: readonly unknown[], { caption }: PostEdit): void {
  if (photos.length === 0 && caption.trim() === "")
    throw new Invalid("Validation failed: Text can't be blank")
}

const isAlike = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

async function writePhotos(
  unit: UnitOfWork,
  { ownerId }: PostRow,
  from: readonly PostPhoto[],
  to: readonly PostPhoto[],
) {
  for (const [index, photo] of to.entries()) {
    if (isAlike(photo, from[index])) continue
    const { id, ...change } = photo
    await unit.db
      .update(media)
      .set(change)
      .where(and(eq(media.ownerId, ownerId), eq(media.id, id)))
  }
}

/** Keeps what the post said until now. */
async function keepRevision(unit: UnitOfWork, before: PostRow, photos: readonly PostPhoto[]): Promise<void> {
  const { ownerId, id: postId, caption, spoilerText, sensitive, createdAt, editedAt } = before
  const isPost = and(eq(postRevisions.ownerId, ownerId), eq(postRevisions.postId, postId))
  const [{ last } = { last: 0 }] = await unit.db
    .select({ last: sql<number>`coalesce(max(${postRevisions.revision}), 0)::int` })
    .from(postRevisions)
    .where(isPost)
  await unit.db.insert(postRevisions).values({
    ownerId,
    postId,
    revision: last + 1,
    caption,
    spoilerText,
    sensitive,
    photos: photos.map(({ id, description }) => ({ id, description })),
    createdAt: editedAt ?? createdAt,
  })
  const tooOld = lte(postRevisions.revision, last + 1 - MOST_REVISIONS)
  await unit.db.delete(postRevisions).where(and(isPost, tooOld))
}

/** Whom the new caption names; whom a comment answers stays named. */
async function mentionsAfter(db: Db, before: PostRow, caption: string): Promise<Mention[]> {
  const answered = before.mentions.filter(({ id }) => id === before.inReplyToAccountId)
  const named = await findMentions(db, before.ownerId, caption)
  return [...answered, ...named.filter(({ id }) => id !== before.inReplyToAccountId)]
}

async function writeTexts(unit: UnitOfWork, before: PostRow, edit: PostEdit): Promise<void> {
  const { ownerId, id } = before
  const { tags } = partsOfCaption(edit.caption)
  const mentions = await mentionsAfter(unit.db, before, edit.caption)
  await unit.db
    .update(posts)
    .set({
      caption: edit.caption,
      spoilerText: edit.spoilerText,
      sensitive: edit.sensitive || edit.spoilerText !== "",
      language: edit.language === undefined ? before.language : edit.language,
      tags,
      mentions,
      editedAt: sql`greatest(now(), ${posts.createdAt} + interval '1 millisecond')`,
      version: sql`${posts.version} + 1`,
    })
    .where(and(eq(posts.ownerId, ownerId), eq(posts.id, id)))
  if (before.visibility === "public" && before.inFeeds) {
    await unlistFromTags(unit.db, { id }, before.tags)
    await listUnderTags(unit.db, { id, ownerId }, tags)
  }
  const known = new Set(before.mentions.map((mention) => mention.id))
  if (before.inFeeds && mentions.some((mention) => !known.has(mention.id)))
    unit.publish(postOpened, ownerId, { postId: id })
}

/**
 * Changes what an own post says. What it said before is kept; what changes nothing makes no new version.
 *
 * @throws NotFound, also for somebody else's post; Invalid
 */
export async function editPost(ctx: Context, actor: Actor, idText: string, edit: PostEdit): Promise<Status> {
  checkTexts(edit)
  const id: PostId = postIdOf(idText)
  await unitOfWork(ctx, actor.accountId, async (unit) => {
    const before = await lockOwnPost(unit.db, actor, id)
    const photos = await lockPhotos(unit.db, before)
    checkNotEmpty(photos, edit)
    const revised = revisePhotos(photos, edit)
    const { caption, spoilerText, language = before.language } = edit
    const sensitive = edit.sensitive || spoilerText !== ""
    const said = { caption: before.caption, spoilerText: before.spoilerText, sensitive: before.sensitive }
    if (isAlike([said, before.language, photos], [{ caption, spoilerText, sensitive }, language, revised]))
      return
    await keepRevision(unit, before, photos)
    await writePhotos(unit, before, photos, revised)
    await writeTexts(unit, before, edit)
    unit.put(postCard.key(id), await loadCard(unit.db, postCard.key(id)))
    if (before.inFeeds) unit.publish(postChanged, before.ownerId, { postId: id, before: reachOf(before) })
  })
  return presentPost(ctx, await findVisiblePost(ctx, actor, id))
}
