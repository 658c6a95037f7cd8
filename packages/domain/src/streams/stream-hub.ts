import { type AccountId, follows, parseId } from "@tintype/db"
import { and, eq } from "drizzle-orm"
import { livingTokens, type Session } from "../auth/index.ts"
import type { Context } from "../context.ts"
import { Unauthorized, Unavailable } from "../errors.ts"
import { Audience } from "./audience.ts"
import type { Channel } from "./channel.ts"
import { channelKey } from "./channel.ts"
import { deliverChange, deliverDeletion, deliverPost } from "./deliver.ts"
import { StreamFigures } from "./figures.ts"
import { Lanes } from "./lanes.ts"
import { checkChannel } from "./listening-lists.ts"
import { type Closing, type Member, Members, noteSubscription, type StreamClient } from "./members.ts"
import { Recent } from "./recent.ts"
import type { StreamMessage } from "./stream-message.ts"

/** Tokens that are looked at together, and how long streams are closed one after another. */
const TOKENS_AT_ONCE = 500
const SPREAD_MS = 3_000
const TRIES = 3

/** An open stream as its connection handles it. */
export interface Membership {
  /** Events come from the moment of the call on. @throws TooMany; NotFound for a list that is not the member's */
  subscribe(channel: Channel): Promise<void>
  unsubscribe(channel: Channel): void
  leave(): void
}

/** The open streams of this process, and what is told to them. */
export class StreamHub {
  readonly #ctx: Context
  readonly #audience: Audience
  readonly #members = new Members()
  readonly #lanes = new Lanes()
  readonly #recent = new Recent()
  readonly figures = new StreamFigures()
  #isHearing = false
  #isDraining = false

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#audience = new Audience(async (viewerId, most) => {
      const isFollower = and(eq(follows.followerId, viewerId), eq(follows.active, true))
      const rows = await ctx.db.select({ id: follows.followeeId }).from(follows).where(isFollower).limit(most)
      return rows.map(({ id }) => id)
    })
  }

  get count(): number {
    return this.#members.count
  }

  /**
   * Whether a stream of this session may be opened now.
   *
   * @throws Unavailable while nothing is heard, or the process goes; TooMany; Unauthorized for an app's own token
   */
  admit({ accountId }: Session): AccountId {
    if (!accountId) throw new Unauthorized("This method requires an authenticated user")
    if (!this.#isHearing || this.#isDraining) throw new Unavailable(undefined, 2)
    this.#members.admit(accountId)
    return accountId
  }

  /** @throws as `admit` */
  join(session: Session, client: StreamClient): Membership {
    const accountId = this.admit(session)
    const member = this.#members.add({ ...session, accountId }, client)
    const unsubscribe = (channel: Channel) => {
      const subscription = member.subscriptions.get(channelKey(channel))
      if (subscription) this.#audience.remove(subscription)
      member.subscriptions.delete(channelKey(channel))
    }
    return {
      unsubscribe,
      subscribe: async (channel) => {
        const subscription = noteSubscription(member, channel)
        if (!subscription) return
        await this.#audience.add(subscription)
        await checkChannel(this.#ctx, accountId, channel).catch((error: unknown) => {
          unsubscribe(channel)
          throw error
        })
      },
      leave: () => void this.#remove(member),
    }
  }

  /** What was told before may have been missed: who looked on has to look again. */
  hear(): void {
    if (this.#isHearing) this.closeAll("gap")
    this.#isHearing = true
  }

  becomeDeaf(): void {
    this.#isHearing = false
    this.closeAll("gap")
  }

  /** Nobody joins any more; closes every stream within `ms`, so that not all clients come back at once. */
  drain(ms: number): void {
    this.#isDraining = true
    this.closeAll("drain", ms)
  }

  closeAll(why: Closing, ms = SPREAD_MS): void {
    for (const member of this.#members.all())
      setTimeout(() => this.#close(member, why), Math.random() * ms).unref()
  }

  receive(message: StreamMessage): void {
    const id = "id" in message ? message.id : "followerId" in message ? message.followerId : message.accountId
    if (!parseId(id) || !this.#recent.isNew(message)) return
    if (!this.#lanes.add(id, () => this.#tryToHandle(message))) this.closeAll("gap")
  }

  /** Closes the streams whose tokens are good no more: those of one account, or of all. */
  async checkSessions(accountId?: AccountId): Promise<void> {
    const members = accountId ? this.#members.of(accountId) : this.#members.all()
    const hashes = [...new Set(members.map(({ session }) => session.tokenHash))]
    for (let at = 0; at < hashes.length; at += TOKENS_AT_ONCE) {
      const some = hashes.slice(at, at + TOKENS_AT_ONCE)
      const alive = await livingTokens(this.#ctx, some)
      const ended = new Set(some.filter((hash) => !alive.has(hash)))
      for (const member of members) if (ended.has(member.session.tokenHash)) this.#close(member, "session")
    }
  }

  idle = (): Promise<void> => this.#lanes.idle()

  #remove(member: Member): boolean {
    for (const subscription of member.subscriptions.values()) this.#audience.remove(subscription)
    member.subscriptions.clear()
    return this.#members.remove(member)
  }

  #close(member: Member, why: Closing): void {
    if (!this.#remove(member)) return
    this.figures.noteClosed(why)
    member.client.close(why)
  }

  /** What cannot be looked up is lost to those who look on: they have to look again. */
  async #tryToHandle(message: StreamMessage): Promise<void> {
    for (let attempt = 1; this.count > 0; attempt++) {
      try {
        await this.#handle(message)
        return this.figures.noteTold(message, Date.now())
      } catch (error) {
        if (attempt < TRIES) continue
        this.#ctx.log.warn({ err: error, kind: message.kind }, "streams were not told of something")
        return this.closeAll("gap")
      }
    }
  }

  async #handle(message: StreamMessage): Promise<void> {
    if (message.kind === "session")
      return this.checkSessions(parseId<"account">(message.accountId) ?? undefined)
    if (message.kind === "follow") {
      const [follower, followee] = [
        parseId<"account">(message.followerId),
        parseId<"account">(message.followeeId),
      ]
      if (follower && followee) this.#audience.homes.follow(follower, followee, message.following)
      return
    }
    const [id, ownerId] = [parseId<"post">(message.id), parseId<"account">(message.ownerId)]
    if (!id || !ownerId) return
    if (message.kind === "deleted") return deliverDeletion(this.#ctx, this.#audience, ownerId, message)
    const post = { id, ownerId }
    if (message.kind === "changed") return deliverChange(this.#ctx, this.#audience, post, message.before)
    await deliverPost(this.#ctx, this.#audience, post, "update")
  }
}
