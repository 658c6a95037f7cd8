import type { Status, Visibility } from "@tintype/contract"
import {
  type AccountId,
  accounts,
  apps,
  type Db,
  type MediaId,
  media,
  newIdOf,
  type PostId,
  postOwners,
  posts,
} from "@tintype/db"
import { and, eq, inArray, isNull, sql } from "drizzle-orm"
import { accountCard, accountCardOf, holdMember, isThere, readAccountCard } from "../accounts/index.ts"
import { partsOfCaption } from "../caption-html.ts"
import { bigints, loadCard } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { Invalid, Unauthorized } from "../errors.ts"
import { type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { findAnswered, joinThread, placeComment } from "./comment-place.ts"
import { postPublished } from "./events.ts"
import { getPost } from "./get-post.ts"
import type { SeenPost } from "./hydrate-posts.ts"
import { claimKey, findKeyed } from "./idempotency-key.ts"
import { isInFeeds, postCard } from "./post-card.ts"
import { checkDraft, findMentions, hashDraft, type PostInput } from "./post-draft.ts"
import { listUnderTags } from "./post-tags.ts"

const UNFINISHED = "Cannot attach files that have not finished processing. Try again in a moment!"

/** Photos belong to one post, for ever. @throws Invalid when one is not there to be taken */
async function attachPhotos(
  db: Db,
  ownerId: AccountId,
  ids: readonly MediaId[],
  postId: PostId,
): Promise<void> {
  const attached = await db
    .update(media)
    .set({ postId, position: sql`array_position(${bigints(ids)}, ${media.id})` })
    .where(
      and(
        eq(media.ownerId, ownerId),
        inArray(media.id, [...ids]),
        isNull(media.postId),
        eq(media.purpose, "post"),
        eq(media.state, "ready"),
      ),
    )
    .returning({ id: media.id })
  if (attached.length === ids.length) return
  const found = await db
    .select({ state: media.state, postId: media.postId })
    .from(media)
    .where(and(eq(media.ownerId, ownerId), inArray(media.id, [...ids])))
  if (found.length < ids.length) throw new Invalid("Validation failed: A photo was not found")
  if (found.some(({ postId: other }) => other !== null && other !== postId)) {
    throw new Invalid("Validation failed: A photo belongs to another post already")
  }
  if (found.some(({ state }) => state === "failed")) {
    throw new Invalid("Validation failed: A photo could not be developed")
  }
  throw new Invalid(UNFINISHED)
}

async function countPost(unit: UnitOfWork, ownerId: AccountId): Promise<void> {
  const [row] = await unit.db
    .update(accounts)
    .set({
      statusesCount: sql`${accounts.statusesCount} + 1`,
      lastPostOn: sql`(now() at time zone 'UTC')::date`,
      version: sql`${accounts.version} + 1`,
    })
    .where(isThere(ownerId))
    .returning()
  if (!row) throw new Unauthorized()
  unit.put(accountCard.key(ownerId), accountCardOf(row))
}

/** Those whom a caption names, and whom a comment answers. */
async function mentionsOf(db: Db, caption: string, answered: SeenPost | null, ownerId: AccountId) {
  const named = await findMentions(db, ownerId, caption)
  if (!answered || answered.post.ownerId === ownerId) return named
  const { id, username } = answered.author
  return [{ id, username }, ...named.filter((each) => each.id !== id)]
}

interface NewPost {
  id: PostId
  input: PostInput
  /** Unless the input says so. */
  visibility: Visibility
  answered: SeenPost | null
}

async function writePost(unit: UnitOfWork, actor: Actor, post: NewPost): Promise<void> {
  const { id, input, answered } = post
  const ownerId = actor.accountId
  const [app] = await unit.db
    .select({ name: apps.name, website: apps.website })
    .from(apps)
    .where(eq(apps.id, actor.appId))
  const hasPhotos = input.mediaIds.length > 0
  const wanted = input.visibility ?? post.visibility
  const place = answered && placeComment(answered, actor, wanted, hasPhotos)
  const { comment = null, visibility } = place ?? { visibility: wanted }
  const inFeeds = isInFeeds({ comment })
  const { tags } = partsOfCaption(input.caption)
  if (answered && comment) await joinThread(unit, answered, { id, ownerId }, comment, visibility)
  await (inFeeds ? countPost(unit, ownerId) : holdMember(unit.db, ownerId))
  await unit.db.insert(posts).values({
    ownerId,
    id,
    caption: input.caption,
    visibility,
    sensitive: input.sensitive || input.spoilerText !== "",
    spoilerText: input.spoilerText,
    language: input.language,
    application: app ?? null,
    mentions: await mentionsOf(unit.db, input.caption, answered, ownerId),
    tags,
    hasPhotos,
    ...comment,
    inFeeds,
    audienceId: comment && comment.audienceId !== ownerId ? comment.audienceId : null,
  })
  await unit.db.insert(postOwners).values({ postId: id, ownerId })
  if (visibility === "public" && inFeeds) await listUnderTags(unit.db, { id, ownerId }, tags)
  unit.put(postCard.key(id), await loadCard(unit.db, postCard.key(id)))
  if (inFeeds) unit.publish(postPublished, ownerId, { postId: id })
}

/**
 * Makes a post of developed photos, or a comment on a post. Row, photos, key, counters and the job that tells the
 * followers are committed together; of a comment that no timeline shows nobody is told. With an Idempotency-Key a
 * repeated call, also one at the same time, gives the first post as it is by now.
 *
 * @throws Invalid; Conflict when the key was used for another input; NotFound when there is nothing to comment on,
 *   and when the first post has been deleted; Unauthorized when the account is gone
 */
export async function createPost(
  ctx: Context,
  actor: Actor,
  input: PostInput,
  idempotencyKey?: string,
): Promise<Status> {
  const photos = checkDraft(input)
  const ownerId = actor.accountId
  const request = idempotencyKey && { accountId: ownerId, key: idempotencyKey, requestHash: hashDraft(input) }
  // What a comment answers may have gone since the first call, and the comment be there all the same.
  const made = request && input.inReplyToId ? await findKeyed(ctx.db, request) : null
  if (made) return getPost(ctx, actor, made)
  const { defaultVisibility: visibility } = await readAccountCard(ctx, ownerId)
  const answered = input.inReplyToId ? await findAnswered(ctx, actor, input.inReplyToId) : null
  const id = await newIdOf<PostId>(ctx.db, ownerId)
  const { result: postId } = await unitOfWork(ctx, ownerId, async (unit) => {
    const earlier = request ? await claimKey(unit.db, request, id) : null
    if (earlier) return earlier
    if (photos.length > 0) await attachPhotos(unit.db, ownerId, photos, id)
    await writePost(unit, actor, { id, input, visibility, answered })
    return id
  })
  return getPost(ctx, actor, postId)
}
