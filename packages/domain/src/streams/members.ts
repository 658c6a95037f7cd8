import type { AccountId } from "@tintype/db"
import type { Session } from "../auth/index.ts"
import { TooMany, Unavailable } from "../errors.ts"
import { type Channel, channelKey } from "./channel.ts"

/** Why a stream is closed: its session ended, it may have missed something, or the process goes. */
export type Closing = "session" | "gap" | "drain"

/** What a client is told, written once for all who get the same. */
export class StreamEvent {
  readonly name: "update" | "status.update" | "delete"
  readonly payload: string
  #quoted: string | undefined

  constructor(name: StreamEvent["name"], payload: string) {
    this.name = name
    this.payload = payload
  }

  /** The payload as a string of JSON. */
  get quoted(): string {
    this.#quoted ??= JSON.stringify(this.payload)
    return this.#quoted
  }
}

/** An open connection. Neither call may throw or wait. */
export interface StreamClient {
  deliver(channel: Channel, event: StreamEvent): void
  close(why: Closing): void
}

export interface Subscription {
  client: StreamClient
  viewerId: AccountId
  channel: Channel
}

export interface Member {
  session: Session & { accountId: AccountId }
  client: StreamClient
  subscriptions: Map<string, Subscription>
}

/** Connections of one account, of one process, and channels of one connection. */
export const MOST_OF_ACCOUNT = 32
export const MOST_OF_PROCESS = 10_000
export const MOST_CHANNELS = 64

/** Who has a stream open in this process. */
export class Members {
  readonly #byAccount = new Map<AccountId, Set<Member>>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** @throws TooMany for an account; Unavailable for all */
  admit(accountId: AccountId): void {
    if (this.#count >= MOST_OF_PROCESS) throw new Unavailable("Too many streams are open here.")
    const others = this.#byAccount.get(accountId)
    if (others && others.size >= MOST_OF_ACCOUNT) throw new TooMany(60)
  }

  add(session: Member["session"], client: StreamClient): Member {
    const others = this.#byAccount.get(session.accountId)
    const member: Member = { session, client, subscriptions: new Map() }
    this.#byAccount.set(session.accountId, (others ?? new Set()).add(member))
    this.#count++
    return member
  }

  /** @returns false when it was gone before */
  remove(member: Member): boolean {
    const { accountId } = member.session
    const others = this.#byAccount.get(accountId)
    if (!others?.delete(member)) return false
    this.#count--
    if (others.size === 0) this.#byAccount.delete(accountId)
    return true
  }

  of(accountId: AccountId): Member[] {
    return [...(this.#byAccount.get(accountId) ?? [])]
  }

  all(): Member[] {
    return [...this.#byAccount.values()].flatMap((members) => [...members])
  }
}

/** Notes a subscription. @returns null when it was there already @throws TooMany */
export function noteSubscription(
  { client, session, subscriptions }: Member,
  channel: Channel,
): Subscription | null {
  const key = channelKey(channel)
  if (subscriptions.has(key)) return null
  if (subscriptions.size >= MOST_CHANNELS) throw new TooMany(60)
  const subscription = { client, viewerId: session.accountId, channel }
  subscriptions.set(key, subscription)
  return subscription
}
