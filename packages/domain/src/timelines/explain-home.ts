import { type AccountId, type PostId, parseId } from "@tintype/db"
import { accountCard } from "../accounts/index.ts"
import { readCard, readCards } from "../cards.ts"
import type { Context } from "../context.ts"
import { NotFound } from "../errors.ts"
import { postCard } from "../posts/index.ts"
import { tieCard } from "../relationships/index.ts"
import { findMember } from "./find-member.ts"
import { checkList, checkRows, type Facts, type HomeCheck } from "./home-checks.ts"
import { findUntold, readWarmHome } from "./verify-home.ts"
import type { WarmState } from "./warm-home.ts"

/** Why a post is, or is not, on a member's home timeline. */
export interface HomeExplanation {
  /** Whether it belongs there, as the rows have it: a warm list that lacks it is a fault of its own. */
  shown: boolean
  /** The check that decides it. */
  because: HomeCheck["name"]
  checks: HomeCheck[]
  postId: PostId
  /** Names of the member and of the post's author; null when the post is gone. */
  account: string
  author: string | null
  visibility: string | null
  warmList: WarmState
  /** Null where the list does not reach so far back. */
  inWarmList: boolean | null
  /** Its followers' lists are still to be told of it. */
  untold: boolean
}

/** The id of a post, or the one at the end of its address. @throws NotFound for what is neither */
function postIdIn(text: string): PostId {
  const [, digits = ""] = /(?:^|\/)(\d+)\/?$/.exec(text.trim()) ?? []
  const id = parseId<"post">(digits)
  if (!id) throw new NotFound()
  return id
}

async function readFacts(
  ctx: Context,
  viewerId: AccountId,
  id: PostId,
): Promise<Facts & { account: string }> {
  const post = await readCard(ctx, postCard.key(id))
  const [viewerKey, authorKey] = [accountCard.key(viewerId), accountCard.key(post?.ownerId ?? viewerId)]
  const tieKey = tieCard.key({ followerId: viewerId, followeeId: post?.ownerId ?? viewerId })
  const cards = await readCards(ctx, [viewerKey, authorKey, tieKey])
  const author = cards.get(authorKey)
  return {
    viewerId,
    post: author && post,
    tie: cards.get(tieKey),
    now: ctx.now(),
    author: author?.username ?? "",
    account: cards.get(viewerKey)?.username ?? "",
  }
}

/**
 * @param account id or name
 * @param postText the post's id, or its address
 * @throws NotFound when there is no such account, or the post's id is none
 */
export async function explainHome(ctx: Context, account: string, postText: string): Promise<HomeExplanation> {
  const viewerId = await findMember(ctx, account)
  const postId = postIdIn(postText)
  const list = await readWarmHome(ctx, viewerId)
  const facts = await readFacts(ctx, viewerId, postId)
  const { post } = facts
  const rows = checkRows(facts)
  const against = rows.find(({ state }) => state === "against")
  const reaches = list.complete || BigInt(list.ids.at(-1) ?? postId) <= BigInt(postId)
  const about = {
    shown: against === undefined,
    warmList: list.state,
    inWarmList: list.state === "warm" && reaches ? list.ids.includes(postId) : null,
    untold: post !== null && (await findUntold(ctx, post.ownerId, postId)),
  }
  return {
    ...about,
    because: (against ?? rows.at(-1))?.name ?? "there",
    checks: [...rows, ...checkList(about)],
    postId,
    account: facts.account,
    author: post && facts.author,
    visibility: post?.visibility ?? null,
  }
}
