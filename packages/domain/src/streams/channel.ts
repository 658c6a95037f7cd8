import { type ListId, parseId } from "@tintype/db"
import { tagName } from "../caption-html.ts"

/** What a client may listen to. */
export interface Channel {
  /** As Mastodon's clients know it: the name, and which tag or list it is. */
  stream: readonly [name: string, ...of: string[]]
  /** `silent`: of what this server does not have, such as posts of others, it has no news. */
  feed: "home" | "public" | "tag" | "list" | "silent"
  /** Of a tag, as posts are listed under it. */
  tag?: string
  list?: ListId
}

const FEEDS: Readonly<Record<string, Channel["feed"]>> = {
  user: "home",
  "user:notification": "silent",
  public: "public",
  "public:media": "public",
  "public:local": "public",
  "public:local:media": "public",
  "public:remote": "silent",
  "public:remote:media": "silent",
  hashtag: "tag",
  "hashtag:local": "tag",
  list: "list",
  direct: "silent",
}

function tagChannel(name: string, tag: string): Channel | null {
  const known = tag.length <= 200 && tagName(tag)
  return known ? { stream: [name, tag.toLowerCase()], feed: "tag", tag: known } : null
}

function listChannel(name: string, text: string): Channel | null {
  const list = parseId<"list">(text)
  return list && { stream: [name, list], feed: "list", list }
}

/** Which tag or list a channel is of. */
export interface ChannelOf {
  tag?: string | null | undefined
  list?: string | null | undefined
}

/** A channel by its name and parameter. @returns null when there is none, or it lacks its tag or list */
export function channelOf(name: string, { tag, list }: ChannelOf = {}): Channel | null {
  const feed = Object.hasOwn(FEEDS, name) ? FEEDS[name] : undefined
  if (feed === undefined) return null
  if (feed === "tag") return tagChannel(name, tag ?? "")
  if (feed === "list") return listChannel(name, list ?? "")
  return { stream: [name], feed }
}

/** The same for the same channel. */
export const channelKey = ({ stream }: Channel): string => stream.join(" ")
