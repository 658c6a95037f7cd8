import type { Status } from "@tintype/contract"
import type { Actor, Context } from "../context.ts"
import { createPost, type PostInput } from "../posts/index.ts"
import { showOwnPost } from "./fan-out-post.ts"

/**
 * Makes a post or comment and shows a post it in the author's own home timeline before the answer; the followers' are told by a job.
 *
 * @throws as createPost
 */
export async function publishPost(
  ctx: Context,
  actor: Actor,
  input: PostInput,
  idempotencyKey?: string,
): Promise<Status> {
  const status = await createPost(ctx, actor, input, idempotencyKey)
  // Hardly any comment is on a timeline; of those the job tells.
  if (!input.inReplyToId) await showOwnPost(ctx, actor.accountId, status.id)
  return status
}
