import type { Status } from "@tintype/contract"
import type { Actor, Context } from "../context.ts"
import { createPost, type PostInput } from "../posts/index.ts"
import { showOwnPost } from "./fan-out-post.ts"

/**
 * Makes a post and shows it in the author's own home timeline before the answer; the followers' are told by a job.
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
  await showOwnPost(ctx, actor.accountId, status.id)
  return status
}
