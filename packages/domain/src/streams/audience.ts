import type { AccountId } from "@tintype/db"
import type { Channel } from "./channel.ts"
import type { Subscription } from "./members.ts"
import { Readers } from "./readers.ts"

/** Everything that is listened to in this process. */
export class Audience {
  readonly homes: Readers<Subscription>
  readonly public = new Set<Subscription>()
  readonly lists = new Set<Subscription>()
  readonly #tags = new Map<string, Set<Subscription>>()

  constructor(loadFollowees: (viewerId: AccountId, most: number) => Promise<readonly AccountId[]>) {
    this.homes = new Readers(loadFollowees)
  }

  get hasTags(): boolean {
    return this.#tags.size > 0
  }

  async add(subscription: Subscription): Promise<void> {
    const { channel, viewerId } = subscription
    if (channel.feed === "home") await this.homes.add(viewerId, subscription)
    else if (channel.feed === "public") this.public.add(subscription)
    else if (channel.feed === "list") this.lists.add(subscription)
    else if (channel.tag !== undefined) this.#tagged(channel.tag).add(subscription)
  }

  remove(subscription: Subscription): void {
    const { channel, viewerId } = subscription
    if (channel.feed === "home") this.homes.remove(viewerId, subscription)
    this.public.delete(subscription)
    this.lists.delete(subscription)
    this.#untag(channel, subscription)
  }

  /** Those who listen to one of the tags, each subscription once. */
  ofTags(tags: readonly string[]): Subscription[] {
    return tags.flatMap((tag) => [...(this.#tags.get(tag) ?? [])])
  }

  #tagged(tag: string): Set<Subscription> {
    const known = this.#tags.get(tag) ?? new Set()
    this.#tags.set(tag, known)
    return known
  }

  #untag({ tag }: Channel, subscription: Subscription): void {
    if (tag === undefined) return
    const known = this.#tags.get(tag)
    known?.delete(subscription)
    if (known?.size === 0) this.#tags.delete(tag)
  }
}
