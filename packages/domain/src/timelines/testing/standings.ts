import type { AccountId } from "@tintype/db"
import type { Actor, Context } from "../../context.ts"
import { Forbidden } from "../../errors.ts"
import {
  blockAccount,
  followAccount,
  muteAccount,
  unblockAccount,
  unfollowAccount,
  unmuteAccount,
} from "../../relationships/index.ts"
import type { History } from "./history.ts"

const FOR_EVER = { notifications: true, duration: 0 }
const FOR_A_DAY = { notifications: true, duration: 24 * 3600 }

/** Whether somebody follows an author, mutes them, blocks them or is blocked by them: changed all the time, and noted. */
export class Standings {
  readonly #ctx: Context
  readonly #history: History
  readonly #random: () => number
  /** Pairs of which something changes that decides what else may change. */
  readonly #busy = new Set<string>()
  /** Mutes that the days end. */
  readonly #timed = new Set<string>()
  readonly wrong: string[] = []

  constructor(ctx: Context, history: History, random: () => number) {
    this.#ctx = ctx
    this.#history = history
    this.#random = random
  }

  #is(fact: string): boolean {
    const now = this.#history.now()
    return this.#history.could(fact, now, now)
  }

  #areApart(one: AccountId, other: AccountId): boolean {
    return this.#is(`${one} blocks ${other}`) || this.#is(`${other} blocks ${one}`)
  }

  /** One at a time of what a follow and a block of the same two would decide between them. */
  async #alone(viewer: AccountId, author: AccountId, work: () => Promise<void>): Promise<void> {
    const pair = `${viewer} ${author}`
    if (this.#busy.has(pair)) return
    this.#busy.add(pair)
    await work()
    this.#busy.delete(pair)
  }

  /** Follows or unfollows. Where one blocks the other that must be refused, and comes to an end. */
  follow(viewer: Actor, author: Actor): Promise<void> {
    const [one, other] = [viewer.accountId, author.accountId]
    return this.#alone(one, other, async () => {
      if (this.#areApart(one, other)) {
        await this.#beRefused(viewer, other)
        for (const [from, to] of [[viewer, other] as const, [author, one] as const]) {
          if (this.#is(`${from.accountId} blocks ${to}`)) await this.#setBlock(from, to, false)
        }
        return
      }
      const edge = `${one}>${other}`
      const following = !this.#is(edge)
      const change = following ? followAccount : unfollowAccount
      await this.#history.change(edge, following, () => change(this.#ctx, viewer, other))
    })
  }

  async #beRefused(viewer: Actor, author: AccountId): Promise<void> {
    const isRefused = await followAccount(this.#ctx, viewer, author).then(
      () => false,
      (error: unknown) => error instanceof Forbidden,
    )
    if (!isRefused) this.wrong.push(`${viewer.accountId} followed ${author} though one blocks the other`)
  }

  #setBlock(from: Actor, to: AccountId, blocks: boolean): Promise<unknown> {
    const change = blocks ? blockAccount : unblockAccount
    return this.#history.change(`${from.accountId} blocks ${to}`, blocks, () => change(this.#ctx, from, to))
  }

  /** `from` is the viewer or the author. */
  block(from: Actor, to: AccountId, edge: { viewer: AccountId; author: AccountId }): Promise<void> {
    return this.#alone(edge.viewer, edge.author, async () => {
      const blocks = !this.#is(`${from.accountId} blocks ${to}`)
      const set = () => this.#setBlock(from, to, blocks)
      const follow = `${edge.viewer}>${edge.author}`
      await (blocks && this.#is(follow) ? this.#history.change(follow, false, set) : set())
    })
  }

  async mute(viewer: Actor, author: AccountId): Promise<void> {
    const fact = `${viewer.accountId} mutes ${author}`
    const mutes = !this.#is(fact)
    const isTimed = mutes && this.#random() < 0.5
    await this.#history.change(fact, mutes, () =>
      mutes
        ? muteAccount(this.#ctx, viewer, author, isTimed ? FOR_A_DAY : FOR_EVER)
        : unmuteAccount(this.#ctx, viewer, author),
    )
    if (isTimed) this.#timed.add(fact)
    else this.#timed.delete(fact)
  }

  /** More than a day has gone by, while nobody did anything. */
  async endTimedMutes(): Promise<void> {
    for (const fact of this.#timed) await this.#history.change(fact, false, async () => {})
    this.#timed.clear()
  }

  /** Whether a post of the author may have been seen between two ticks: on a profile, or on a timeline. */
  couldSee(viewer: AccountId, author: AccountId, from: number, to: number, where: "profile" | "timeline") {
    const spares = [`${viewer} blocks ${author}`, `${author} blocks ${viewer}`]
    if (where === "timeline") spares.push(`${viewer} mutes ${author}`)
    return spares.every((fact) => !this.#history.must(fact, from, to))
  }

  /** Whether posts of the author belonged on the viewer's home timeline all the time between two ticks. */
  mustSee(viewer: AccountId, author: AccountId, from: number, to: number): boolean {
    const spares = [`${viewer} blocks ${author}`, `${author} blocks ${viewer}`, `${viewer} mutes ${author}`]
    return (
      this.#history.must(`${viewer}>${author}`, from, to) &&
      spares.every((fact) => !this.#history.could(fact, from, to))
    )
  }
}
