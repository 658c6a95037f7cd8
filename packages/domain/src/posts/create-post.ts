import type { Status, Visibility } from "@tintype/contract"
import {
  type AccountId,
  accounts,
  type Db,
  type MediaId,
  media,
  newIdOf,
  type PostId,
  postOwners,
  posts,
  sendAlong,
} from "@tintype/db"
import { and, eq, inArray, isNull, sql } from "drizzle-orm"
import {
  type AccountCard,
  accountCard,
  accountCardOf,
  holdMember,
  isThere,
  readAccountCard,
} from "../accounts/index.ts"
import { partsOfCaption } from "../caption-html.ts"
import { bigints } from "../cards.ts"
import type { Actor, Context } from "../context.ts"
import { Invalid, Unauthorized } from "../errors.ts"
import { type Photo, photoOf } from "../media/index.ts"
import { type UnitOfWork, unitOfWork } from "../unit-of-work.ts"
import { findAnswered, joinThread, placeComment } from "./comment-place.ts"
import { postPublished } from "./events.ts"
import { getPost } from "./get-post.ts"
import type { SeenPost } from "./hydrate-posts.ts"
import { claimKey, findKeyed } from "./idempotency-key.ts"
import { type Comment, isInFeeds, postCard, postCardOf } from "./post-card.ts"
import { checkDraft, findMentions, hashDraft, type PostInput } from "./post-draft.ts"
import { listUnderTags } from "./post-tags.ts"
import { presentPost } from "./present-post.ts"

const UNFINISHED = "Cannot attach files that have not finished processing. Try again in a moment!"

/** Photos belong to one post, for ever. @returns them in their order @throws Invalid when one is not there to be taken */
async function attachPhotos(
  db: Db,
  ownerId: AccountId,
  ids: readonly MediaId[],
  postId: PostId,
): Promise<Photo[]> {
  if (ids.length === 0) return []
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
    .returning()
  if (attached.length === ids.length) {
    return attached.toSorted((one, other) => one.position - other.position).map(photoOf)
  }
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

async function countPost(unit: UnitOfWork, ownerId: AccountId): Promise<AccountCard> {
  const [row] = await unit.db
    .update(accounts)
    .set({
      statusesCount: sql`${accounts.statusesCount} + 1`,
      lastPostOn: sql`(now() at time zone 'UTC')::date`,
      version: sql`${accounts.version} + 1`,
    })
    .where(isThere(ownerId))
    .returning()
  const card = row && accountCardOf(row)
  if (!card?.value) throw new Unauthorized()
  unit.put(accountCard.key(ownerId), card)
  return card.value
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
  photos: readonly Photo[]
  /** Whose default visibility counts unless the input says so. */
  author: AccountCard
  answered: SeenPost | null
}

/** The app's name, as it is now. */
const applicationOf = ({ appId }: Actor) => sql<{ name: string; website: string | null } | null>`
  (select jsonb_build_object('name', name, 'website', website) from apps where id = ${appId}::bigint)`

/** The rows of the post itself. */
async function insertPost(
  unit: UnitOfWork,
  actor: Actor,
  { id, input, photos, answered }: NewPost,
  { comment, visibility }: { comment: Comment | null; visibility: Visibility },
): Promise<typeof posts.$inferSelect> {
  const ownerId = actor.accountId
  const { tags } = partsOfCaption(input.caption)
  const inFeeds = isInFeeds({ comment })
  const mentions = await mentionsOf(unit.db, input.caption, answered, ownerId)
  const inserted = unit.db
    .insert(posts)
    .values({
      ownerId,
      id,
      caption: input.caption,
      visibility,
      sensitive: input.sensitive || input.spoilerText !== "",
      spoilerText: input.spoilerText,
      language: input.language,
      application: applicationOf(actor),
      mentions,
      tags,
      hasPhotos: photos.length > 0,
      ...comment,
      inFeeds,
      audienceId: comment && comment.audienceId !== ownerId ? comment.audienceId : null,
    })
    .returning()
  // All of them are on their way before the first one is answered.
  const owner = unit.db.insert(postOwners).values({ postId: id, ownerId })
  const [[row]] = await Promise.all([
    inserted,
    sendAlong(unit.db, owner.getSQL()),
    visibility === "public" && inFeeds ? listUnderTags(unit.db, { id, ownerId }, tags) : undefined,
  ])
  if (!row) throw new Error("a post was written and is not there")
  return row
}

/** @returns the post as its author sees it */
async function writePost(unit: UnitOfWork, actor: Actor, post: NewPost): Promise<SeenPost> {
  const { id, input, answered } = post
  const ownerId = actor.accountId
  const wanted = input.visibility ?? post.author.defaultVisibility
  const place = answered && placeComment(answered, actor, wanted, post.photos.length > 0)
  const { comment, visibility } = place ?? { comment: null, visibility: wanted }
  const inFeeds = isInFeeds({ comment })
  if (answered && comment) await joinThread(unit, answered, { id, ownerId }, comment, visibility)
  const [counted, row] = await Promise.all([
    inFeeds ? countPost(unit, ownerId) : holdMember(unit.db, ownerId),
    insertPost(unit, actor, post, { comment, visibility }),
  ])
  const card = postCardOf(row, post.photos)
  unit.put(postCard.key(id), card)
  if (inFeeds) unit.publish(postPublished, ownerId, { postId: id })
  return {
    post: card.value,
    author: counted ?? post.author,
    viewer: { favourited: false, bookmarked: false },
  }
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
  const ids = checkDraft(input)
  const ownerId = actor.accountId
  const request = idempotencyKey && { accountId: ownerId, key: idempotencyKey, requestHash: hashDraft(input) }
  // What a comment answers may have gone since the first call, and the comment be there all the same.
  const made = request && input.inReplyToId ? await findKeyed(ctx.db, request) : null
  if (made) return getPost(ctx, actor, made)
  const author = await readAccountCard(ctx, ownerId)
  const answered = input.inReplyToId ? await findAnswered(ctx, actor, input.inReplyToId) : null
  const id = await newIdOf<PostId>(ctx.db, ownerId)
  const { result } = await unitOfWork(ctx, ownerId, async (unit) => {
    const earlier = request ? await claimKey(unit.db, request, id) : null
    if (earlier) return earlier
    const photos = await attachPhotos(unit.db, ownerId, ids, id)
    return writePost(unit, actor, { id, input, photos, author, answered })
  })
  return typeof result === "string" ? getPost(ctx, actor, result) : presentPost(ctx, result)
}
