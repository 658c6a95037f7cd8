import {
  type AccountId,
  accounts,
  type MediaId,
  media,
  newIdOf,
  nextAccountId,
  nextIdOf,
  type PostId,
  parseId,
  postOwners,
  posts,
} from "@tintype/db"
import { sql } from "drizzle-orm"
import type { Actor, Context } from "../context.ts"
import { createPost } from "../posts/index.ts"
import type { PostInput } from "../posts/post-draft.ts"

/** Of no app that is there: posts name none then. */
const APP_ID = parseId<"app">("1")

let members = 0

/** Somebody who has signed up, without a password. */
export async function aMember(ctx: Context): Promise<Actor> {
  const [row] = await ctx.db
    .insert(accounts)
    .values({ id: sql`${nextAccountId()}`, username: `member_${++members}` })
    .returning({ id: accounts.id })
  if (!row || !APP_ID) throw new Error("no member")
  return { accountId: row.id, appId: APP_ID }
}

/** A photo of theirs that is developed and in no post yet; there are no files behind it. */
export async function aPhoto(ctx: Context, { accountId: ownerId }: Actor): Promise<MediaId> {
  const id = await newIdOf<MediaId>(ctx.db, ownerId)
  await ctx.db.insert(media).values({
    ownerId,
    id,
    purpose: "post",
    state: "ready",
    attempt: 1,
    readyAttempt: 1,
    originalSha256: "0".repeat(64),
    originalBytes: 1,
    originalType: "image/jpeg",
    width: 640,
    height: 480,
  })
  return id
}

export const aDraft = (mediaIds: readonly string[], change: Partial<PostInput> = {}): PostInput => ({
  caption: "First light",
  mediaIds,
  visibility: "public",
  sensitive: false,
  spoilerText: "",
  language: null,
  ...change,
})

/** A post with one photo, made as a member makes it. */
export async function aPost(ctx: Context, author: Actor, change: Partial<PostInput> = {}): Promise<PostId> {
  const { id } = await createPost(ctx, author, aDraft([await aPhoto(ctx, author)], change))
  const postId = parseId<"post">(id)
  if (!postId) throw new Error("no post")
  return postId
}

/** Many posts without photos, straight into the tables, oldest first. */
export async function manyPosts(
  ctx: Context,
  { accountId: ownerId }: Actor,
  count: number,
): Promise<PostId[]> {
  const made = await ctx.db.execute<{ id: PostId }>(
    sql`select ${nextIdOf(ownerId)} as id from generate_series(1, ${count})`,
  )
  const ids = made.map(({ id }) => id)
  const row = { ownerId, caption: "", visibility: "public" as const, sensitive: false, spoilerText: "" }
  await ctx.db.insert(posts).values(ids.map((id) => ({ ...row, id, mentions: [], tags: [] })))
  await ctx.db.insert(postOwners).values(ids.map((postId) => ({ postId, ownerId })))
  return ids
}

/** What accounts hold in the table, past every cache. */
export async function countsOf(ctx: Context, accountId: AccountId) {
  const [row] = await ctx.db
    .select({
      statuses: accounts.statusesCount,
      followers: accounts.followersCount,
      following: accounts.followingCount,
    })
    .from(accounts)
    .where(sql`${accounts.id} = ${accountId}`)
  return row
}

/** A comment of text alone, made as a member makes it. */
export async function aComment(
  ctx: Context,
  author: Actor,
  inReplyToId: string,
  change: Partial<PostInput> = {},
): Promise<PostId> {
  const { id } = await createPost(ctx, author, aDraft([], { caption: "Lovely", inReplyToId, ...change }))
  const postId = parseId<"post">(id)
  if (!postId) throw new Error("no comment")
  return postId
}
