import { setTimeout } from "node:timers/promises"
import type { Status } from "@tintype/contract"
import type { AccountId } from "@tintype/db"
import type { Actor, Context } from "../../context.ts"
import { deletePost } from "../../posts/index.ts"
import { foldFollowers, followAccount, unfollowAccount } from "../../relationships/index.ts"
import { aDraft, aPhoto } from "../../testing/members.ts"
import { fanOutPost } from "../fan-out-post.ts"
import { publishPost } from "../publish-post.ts"
import { readHome } from "../read-home.ts"
import { History } from "./history.ts"

/** Numbers from 0 to 1 by a seed: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Made {
  id: string
  author: AccountId
  isDirect: boolean
}

const PAGE = 40

export interface RaceOptions {
  ctx: Context
  authors: readonly Actor[]
  viewers: readonly Actor[]
  random: () => number
  /** Takes lists away, as Redis does when it is full. */
  evict: () => Promise<void>
}

/** Members who follow, post, delete and read all at once, and what they may see of it. */
export class HomeRace {
  readonly #options: RaceOptions
  readonly #history = new History()
  readonly #made: Made[] = []
  #untold: Made[] = []
  #unfolded = new Set<AccountId>()
  readonly wrong: string[] = []

  constructor(options: RaceOptions) {
    this.#options = options
  }

  #draw<T>(all: readonly T[]): T {
    const one = all[Math.floor(this.#options.random() * all.length)]
    if (one === undefined) throw new Error("nothing to draw from")
    return one
  }

  async #follow(viewer: Actor, author: Actor): Promise<void> {
    const edge = `${viewer.accountId}>${author.accountId}`
    const now = this.#history.now()
    const following = !this.#history.could(edge, now, now)
    const change = following ? followAccount : unfollowAccount
    await this.#history.change(edge, following, () => change(this.#options.ctx, viewer, author.accountId))
    this.#unfolded.add(author.accountId)
  }

  async #post(author: Actor): Promise<void> {
    const visibility = this.#draw(["public", "unlisted", "private", "direct"] as const)
    const draft = aDraft([await aPhoto(this.#options.ctx, author)], { visibility })
    const { id } = await publishPost(this.#options.ctx, author, draft)
    const made = { id, author: author.accountId, isDirect: visibility === "direct" }
    await this.#history.change(`alive ${id}`, true, async () => {})
    this.#made.push(made)
    this.#untold.push(made)
  }

  async #delete(author: Actor): Promise<void> {
    const now = this.#history.now()
    const own = this.#made.filter(
      (post) => post.author === author.accountId && this.#history.must(`alive ${post.id}`, now, now),
    )
    if (own.length === 0) return
    const { id } = this.#draw(own)
    await this.#history.change(`alive ${id}`, false, () => deletePost(this.#options.ctx, author, id))
  }

  /** A worker that pauses between what it read and what it does. */
  #slow(): Context {
    const { ctx, random } = this.#options
    const push: Context["warmLists"]["push"] = async (names, entry) => {
      await setTimeout(random() * 40)
      await ctx.warmLists.push(names, entry)
    }
    return { ...ctx, warmLists: { ...ctx.warmLists, push } }
  }

  async #tell(made: Made): Promise<void> {
    const { signal } = new AbortController()
    const tell = () => fanOutPost(this.#slow(), made.author, made.id, signal)
    await this.#history.change(`told ${made.id}`, true, tell)
    if (this.#options.random() < 0.1) await tell()
  }

  async #read(viewer: Actor): Promise<void> {
    const from = this.#history.now()
    const { items } = await readHome(this.#options.ctx, viewer, { limit: PAGE })
    const ids = (JSON.parse(items.text) as Status[]).map(({ id }) => id)
    this.#judge(viewer, ids, from, this.#history.now())
  }

  #judge(viewer: Actor, ids: readonly string[], from: number, to: number): void {
    const shown = new Set(ids)
    const oldest = BigInt(ids.at(-1) ?? 2n ** 63n)
    for (const { id, author, isDirect } of this.#made) {
      const edge = `${viewer.accountId}>${author}`
      const may =
        !isDirect && this.#history.could(edge, from, to) && this.#history.could(`alive ${id}`, from, to)
      const must =
        !isDirect && [edge, `alive ${id}`, `told ${id}`].every((fact) => this.#history.must(fact, from, to))
      if (shown.has(id) && !may) this.wrong.push(`${viewer.accountId} saw ${id} of ${author}`)
      if (!shown.has(id) && must && BigInt(id) > oldest) this.wrong.push(`${viewer.accountId} missed ${id}`)
    }
  }

  async #viewerTurns(viewer: Actor, turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      const what = this.#options.random()
      if (what < 0.65) await this.#read(viewer)
      else if (what < 0.95) await this.#follow(viewer, this.#draw(this.#options.authors))
      else await this.#options.evict()
    }
  }

  async #authorTurns(author: Actor, turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      await (this.#options.random() < 0.7 ? this.#post(author) : this.#delete(author))
    }
  }

  /** What workers do, in no order, until the members are done and nothing is left. */
  async #work(isOver: () => boolean): Promise<void> {
    for (;;) {
      const made = this.#untold.length > 0 ? this.#draw(this.#untold) : undefined
      const account = [...this.#unfolded][0]
      if (!made && !account && isOver()) return
      this.#untold = this.#untold.filter((each) => each !== made)
      if (account) this.#unfolded.delete(account)
      if (made) await this.#tell(made)
      if (account) await foldFollowers(this.#options.ctx, account)
      if (!made && !account) await setTimeout(2)
    }
  }

  /** Everybody at once, and the workers beside them, until nothing is left to be told. */
  async round(turns: number): Promise<void> {
    let over = false
    const workers = [1, 2].map(() => this.#work(() => over))
    await Promise.all([
      ...this.#options.viewers.map((viewer) => this.#viewerTurns(viewer, turns)),
      ...this.#options.authors.map((author) => this.#authorTurns(author, turns)),
    ])
    over = true
    await Promise.all(workers)
    await this.compare()
  }

  /** At rest: whether every timeline is what it should be, to its first post. */
  async compare(): Promise<void> {
    for (const viewer of this.#options.viewers) {
      await this.#compareAll(viewer)
      await this.#compareAll(viewer)
    }
  }

  async #compareAll(viewer: Actor): Promise<void> {
    const now = this.#history.now()
    const right = this.#made
      .filter(({ id, author, isDirect }) => {
        const follows = this.#history.must(`${viewer.accountId}>${author}`, now, now)
        return !isDirect && follows && this.#history.must(`alive ${id}`, now, now)
      })
      .map(({ id }) => id)
      .sort((one, other) => Number(BigInt(other) - BigInt(one)))
    const found: string[] = []
    for (let before: string | undefined; found.length <= this.#made.length; ) {
      const paging = { limit: PAGE, ...(before && { max_id: before }) }
      const { items, oldest } = await readHome(this.#options.ctx, viewer, paging)
      found.push(...(JSON.parse(items.text) as Status[]).map(({ id }) => id))
      if (!oldest) break
      before = oldest
    }
    if (found.join() !== right.join()) {
      const missing = right.filter((id) => !found.includes(id))
      const stray = found.filter((id) => !right.includes(id))
      this.wrong.push(`${viewer.accountId} at rest: missing ${missing.join()}, too many ${stray.join()}`)
    }
  }
}
