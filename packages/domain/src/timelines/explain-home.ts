import { type AccountId, type PostId, parseId } from "@tintype/db"
import { readCard } from "../cards.ts"
import type { Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { canSee, postCard } from "../posts/index.ts"
import { followEdge, isAtHome } from "../relationships/index.ts"
import { findMember } from "./find-member.ts"
import { findUntold, readWarmHome, type WarmState } from "./verify-home.ts"

/** Why a post is, or is not, on a member's home timeline. */
export interface HomeExplanation {
  shown: boolean
  /** The first thing that decides it. */
  because: "own" | "followed" | "gone" | "not followed" | "on an exclusive list" | "not for them"
  visibility: string | null
  warmList: WarmState
  /** Null where the list does not reach so far back. */
  inWarmList: boolean | null
  /** Its followers' lists are still to be told of it. */
  untold: boolean
}

type Reason = Pick<HomeExplanation, "shown" | "because" | "visibility"> & { ownerId?: AccountId }

async function decide(ctx: Context, viewerId: AccountId, id: PostId): Promise<Reason> {
  const post = await readCard(ctx, postCard.key(id))
  if (!post) return { shown: false, because: "gone", visibility: null }
  const { ownerId, visibility } = post
  if (ownerId === viewerId) return { shown: true, because: "own", visibility, ownerId }
  const edge = await readCard(ctx, followEdge.key({ followerId: viewerId, followeeId: ownerId }))
  if (!edge) return { shown: false, because: "not followed", visibility, ownerId }
  if (!isAtHome(edge)) return { shown: false, because: "on an exclusive list", visibility, ownerId }
  const shown = canSee(post, viewerId, true)
  return { shown, because: shown ? "followed" : "not for them", visibility, ownerId }
}

/**
 * @param account id or name
 * @throws NotFound when there is no such account, or the post's id is none
 */
export async function explainHome(
  ctx: Context,
  account: string,
  postIdText: string,
): Promise<HomeExplanation> {
  const viewerId = await findMember(ctx, account)
  const id = parseId<"post">(postIdText)
  if (!id) throw new NotFound()
  const list = await readWarmHome(ctx, viewerId)
  const { ownerId, ...reason } = await decide(ctx, viewerId, id)
  const reaches = list.complete || BigInt(list.ids.at(-1) ?? id) <= BigInt(id)
  return {
    ...reason,
    warmList: list.state,
    inWarmList: list.state === "warm" && reaches ? list.ids.includes(id) : null,
    untold: ownerId !== undefined && (await findUntold(ctx, ownerId, id)),
  }
}
