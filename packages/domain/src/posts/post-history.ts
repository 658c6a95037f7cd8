import type { StatusEdit, StatusSource } from "@tintype/contract"
import { postRevisions, type RevisedPhoto } from "@tintype/db"
import { and, asc, eq } from "drizzle-orm"
import { presentAccount } from "../accounts/index.ts"
import { captionHtml } from "../caption-html.ts"
import type { Actor, Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { presentPhoto } from "../media/index.ts"
import { findVisiblePost, postIdOf } from "./get-post.ts"
import type { SeenPost } from "./hydrate-posts.ts"
import { expiryOf } from "./present-post.ts"

interface Version {
  caption: string
  spoilerText: string
  sensitive: boolean
  photos: readonly RevisedPhoto[]
  at: string
}

/** A version as clients get it: the photos as they are found today, with what was said of them then. */
function present(ctx: Context, { post, author }: SeenPost, version: Version): StatusEdit {
  const known = new Set(post.mentions.map(({ username }) => username.toLowerCase()))
  const expires = expiryOf(ctx, post)
  return {
    content: captionHtml(version.caption, ctx.settings.publicUrl, known),
    spoiler_text: version.spoilerText,
    sensitive: version.sensitive,
    created_at: version.at,
    account: presentAccount(ctx.settings, author),
    media_attachments: version.photos.flatMap(({ id, description }) => {
      const photo = post.photos.find((each) => each.id === id)
      return photo ? [presentPhoto(ctx.settings, { ...photo, description }, expires)] : []
    }),
    emojis: [],
  }
}

/** What a post said and says, the oldest version first. @throws NotFound, also for a post that the viewer may not see */
export async function getHistory(ctx: Context, actor: Actor | null, idText: string): Promise<StatusEdit[]> {
  const seen = await findVisiblePost(ctx, actor, postIdOf(idText))
  const { post } = seen
  const rows = await ctx.db
    .select()
    .from(postRevisions)
    .where(and(eq(postRevisions.ownerId, post.ownerId), eq(postRevisions.postId, post.id)))
    .orderBy(asc(postRevisions.revision))
  const earlier = rows.map((row) => present(ctx, seen, { ...row, at: row.createdAt.toISOString() }))
  return [...earlier, present(ctx, seen, { ...post, at: post.editedAt ?? post.createdAt })]
}

/** The texts of an own post as they were written, to be edited. @throws NotFound, also for somebody else's post */
export async function getSource(ctx: Context, actor: Actor, idText: string): Promise<StatusSource> {
  const { post } = await findVisiblePost(ctx, actor, postIdOf(idText))
  if (post.ownerId !== actor.accountId) throw new NotFound()
  return { id: post.id, text: post.caption, spoiler_text: post.spoilerText }
}
