import { tagName } from "../caption-html.ts"

/** What a client may listen to. */
export interface Channel {
  /** As Mastodon's clients know it: the name, and which tag it is. */
  stream: readonly [name: string, ...of: string[]]
  /** `silent`: of what this server does not have, such as posts of others, it has no news. */
  feed: "home" | "public" | "tag" | "silent"
  /** Of a tag, as posts are listed under it. */
  tag?: string
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
  direct: "silent",
}

/** A channel by its name and parameter. @returns null when there is none, or it lacks its tag */
export function channelOf(name: string, tag = ""): Channel | null {
  const feed = Object.hasOwn(FEEDS, name) ? FEEDS[name] : undefined
  if (feed === undefined) return null
  if (feed !== "tag") return { stream: [name], feed }
  const known = tag.length <= 200 && tagName(tag)
  return known ? { stream: [name, tag.toLowerCase()], feed, tag: known } : null
}

/** The same for the same channel. */
export const channelKey = ({ stream }: Channel): string => stream.join(" ")
