import type { AccountId } from "@tintype/db"
import { audienceOf, canSee, isInFeeds, type PostCard } from "../posts/index.ts"
import { isAtHome, isBlocked, isFollowing, muteOf, type Tie } from "../relationships/index.ts"
import type { WarmState } from "./warm-home.ts"

/** One of the things that are asked of a post before it is shown at home, and how it turned out, in words. */
export interface HomeCheck {
  name:
    | "there"
    | "in-feeds"
    | "own"
    | "blocked"
    | "followed"
    | "home"
    | "muted"
    | "visible"
    | "warm-list"
    | "told"
  /** Whether it speaks for the post's being on the timeline. */
  state: "for" | "against" | "neutral"
  words: string
}

const check = (name: HomeCheck["name"], state: HomeCheck["state"], words: string): HomeCheck => ({
  name,
  state,
  words,
})

const decided = (name: HomeCheck["name"], isFor: boolean, words: readonly [string, string]): HomeCheck =>
  check(name, isFor ? "for" : "against", words[isFor ? 0 : 1])

/** What is known of the post and of the viewer's standing to its author. */
export interface Facts {
  viewerId: AccountId
  post: PostCard | null
  tie: Tie | null
  now: Date
  /** The author's name. */
  author: string
}

const blockWords = (tie: Tie | null, author: string) =>
  tie?.blocking ? `The member blocks @${author}.` : `The member is blocked by @${author}.`

const muteWords = ({ until }: { until?: number }, author: string) =>
  until === undefined
    ? `The member mutes @${author}.`
    : `The member mutes @${author} until ${new Date(until).toISOString()}.`

/** What is asked of the rows, in the order in which it is asked; what comes first to speak against it decides. */
export function checkRows({ viewerId, post, tie, now, author }: Facts): HomeCheck[] {
  if (!post) return [check("there", "against", "There is no such post: it was deleted, or never made.")]
  const there = check("there", "for", "The post is there.")
  if (!isInFeeds(post)) {
    return [
      there,
      check("in-feeds", "against", "It is a comment: such stand under their post, on no timeline."),
    ]
  }
  if (post.ownerId === viewerId) return [there, check("own", "for", "The member wrote it.")]
  if (isBlocked(tie)) return [there, check("blocked", "against", blockWords(tie, author))]
  const followed = decided("followed", isFollowing(tie), [
    `The member follows @${author}.`,
    `The member does not follow @${author}.`,
  ])
  const home = decided("home", isAtHome(tie), [
    `No exclusive list of the member holds @${author}.`,
    `An exclusive list of the member holds @${author}, and keeps their posts off the home timeline.`,
  ])
  const follows = isFollowing(tie) && audienceOf(post) === post.ownerId
  const visible = decided("visible", canSee(post, viewerId, { tie, follows }), [
    `It is ${post.visibility}: the member may see it.`,
    `It is ${post.visibility}: it is not for the member's eyes.`,
  ])
  const mute = muteOf(tie, now)
  const muted = mute ? [check("muted", "against", muteWords(mute, author))] : []
  return [there, followed, ...(isFollowing(tie) ? [home] : []), ...muted, visible]
}

/** What is known of the member's warm list. */
export interface ListFacts {
  shown: boolean
  warmList: WarmState
  /** Null where the list does not reach so far back. */
  inWarmList: boolean | null
  untold: boolean
}

function listWords({ shown, warmList, inWarmList, untold }: ListFacts): [HomeCheck["state"], string] {
  if (warmList === "cold") return ["neutral", "There is no warm list: pages are read from the database."]
  if (warmList === "void") {
    return [
      "neutral",
      "The warm list is older than the member's last follow: pages are read from the database.",
    ]
  }
  if (inWarmList === null) {
    return ["neutral", "It is older than the warm list reaches: such pages are read from the database."]
  }
  if (inWarmList && shown) return ["for", "The warm list has it."]
  if (inWarmList) return ["neutral", "The warm list names it; every page leaves it out."]
  if (shown && !untold) return ["against", "The warm list lacks it, though it was told: a fault."]
  return ["neutral", "The warm list does not have it."]
}

/** What the accelerator does to it, and whether that still changes. */
export function checkList(facts: ListFacts): HomeCheck[] {
  const [state, words] = listWords(facts)
  const told = facts.untold
    ? [check("told", "neutral", "The warm lists of its author's followers are still to be told of it.")]
    : []
  return [check("warm-list", state, words), ...told]
}
