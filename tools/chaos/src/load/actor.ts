import type { Random } from "../random.ts"
import type { Claims } from "./claims.ts"
import type { Member } from "./member.ts"
import type { MadePhoto } from "./photos.ts"

/** A member at work: one thing after the other, so that what they did last is what has to hold. */
export interface Actor {
  member: Member
  others: readonly Member[]
  random: Random
  claims: Claims
  photos: readonly MadePhoto[]
  /** Uploads of theirs that no post shows yet. */
  unposted: string[]
}

export type Operation = (actor: Actor) => Promise<void>

const pair = (one: string, other: string) => [one, other].sort().join(" ")

/** From here on either of the two may be kept from the other. */
export const setApart = ({ apart }: Claims, one: string, other: string): void =>
  void apart.add(pair(one, other))

/** Whether a member may be refused what is another one's: it has left, or one of them blocked the other once. */
export const mayBeRefused = ({ gone, apart }: Claims, one: string, other: string): boolean =>
  gone.has(other) || apart.has(pair(one, other))

/** A post or comment that may be relied on, or undefined. */
export const ownerOf = ({ posts, comments }: Claims, id: string): string | undefined =>
  (posts.get(id) ?? comments.get(id))?.ownerId
