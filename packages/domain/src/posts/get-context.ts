import type { StatusContext } from "@tintype/contract"
import type { Actor, Context } from "../context.ts"
import { findVisiblePost, postIdOf } from "./get-post.ts"

/** What a post answers and what answers it: nothing, as there are no replies. @throws NotFound as for the post */
export async function getPostContext(
  ctx: Context,
  actor: Actor | null,
  idText: string,
): Promise<StatusContext> {
  await findVisiblePost(ctx, actor, postIdOf(idText))
  return { ancestors: [], descendants: [] }
}
