import { setTimeout } from "node:timers/promises"
import type { ListKeys, WarmLists } from "@tintype/cache"
import type { Status } from "@tintype/contract"
import type { AccountId } from "@tintype/db"
import type { Actor, Context } from "../../context.ts"
import { deletePost, getPost, listAccountPosts, type PostPage } from "../../posts/index.ts"
import { foldFollowers } from "../../relationships/index.ts"
import { aDraft, aPhoto } from "../../testing/members.ts"
import { fanOutPost } from "../fan-out-post.ts"
import { publishPost } from "../publish-post.ts"
import { readHome } from "../read-home.ts"
import { readPublic } from "../read-public.ts"
import { History } from "./history.ts"
import { Standings } from "./standings.ts"

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
  visibility: "public" | "unlisted" | "private" | "direct"
}

/** Where a member looks besides home. */
type Place = "public" | "profile" | "post"

const idsOf = ({ items }: PostPage) => (JSON.parse(items.text) as Status[]).map(({ id }) => id)

const PAGE = 40

const oneByOne = ({ text, length }: ListKeys): ListKeys[] =>
  Array.from({ length: text.length / length }, (_, index) => ({
    text: text.slice(index * length, (index + 1) * length),
    length,
  }))

export interface RaceOptions {
  ctx: Context
  authors: readonly Actor[]
  viewers: readonly Actor[]
  random: () => number
  /** Takes lists away, as Redis does when it is full. */
  evict: () => Promise<void>
}

/** Members who follow, mute, block, post, delete and read all at once, and what they may see of it. */
export class HomeRace {
  readonly #options: RaceOptions
  readonly #history = new History()
  readonly #standings: Standings
  readonly #made: Made[] = []
  #untold: Made[] = []
  #unfolded = new Set<AccountId>()
  /** What was seen or missed against the rules. */
  readonly wrong: string[]

  constructor(options: RaceOptions) {
    this.#options = options
    this.#standings = new Standings(options.ctx, this.#history, options.random)
    this.wrong = this.#standings.wrong
  }

  /** More than a day goes by. */
  passDays = (): Promise<void> => this.#standings.endTimedMutes()

  #draw<T>(all: readonly T[]): T {
    const one = all[Math.floor(this.#options.random() * all.length)]
    if (one === undefined) throw new Error("nothing to draw from")
    return one
  }

  async #follow(viewer: Actor, author: Actor): Promise<void> {
    await this.#standings.follow(viewer, author)
    this.#unfolded.add(author.accountId)
  }

  async #block(viewer: Actor, author: Actor, isAuthors: boolean): Promise<void> {
    const [from, to] = isAuthors ? [author, viewer] : [viewer, author]
    const edge = { viewer: viewer.accountId, author: author.accountId }
    await this.#standings.block(from, to.accountId, edge)
    this.#unfolded.add(author.accountId)
  }

  async #post(author: Actor): Promise<void> {
    const visibility = this.#draw(["public", "unlisted", "private", "direct"] as const)
    const draft = aDraft([await aPhoto(this.#options.ctx, author)], { visibility })
    const { id } = await publishPost(this.#options.ctx, author, draft)
    const made = { id, author: author.accountId, visibility }
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
    const pause = () => setTimeout(random() * 40)
    const slow = (lists: WarmLists): WarmLists => ({
      ...lists,
      push: (names, entry) => pause().then(() => lists.push(names, entry)),
      pushApart: (names, entry) => pause().then(() => lists.pushApart(names, entry)),
      spread(entry) {
        const spread = lists.spread(entry)
        return async (parts) => {
          for (const keys of parts.flatMap(oneByOne)) {
            await pause()
            await spread([keys])
          }
        }
      },
    })
    const { home, newest } = ctx.warmLists
    return { ...ctx, warmLists: { ...ctx.warmLists, home: slow(home), newest: slow(newest) } }
  }

  async #tell(made: Made): Promise<void> {
    const { signal } = new AbortController()
    const tell = () => fanOutPost(this.#slow(), made.author, made.id, signal)
    await this.#history.change(`told ${made.id}`, true, tell)
    if (this.#options.random() < 0.1) await tell()
  }

  async #read(viewer: Actor): Promise<void> {
    const from = this.#history.now()
    const ids = idsOf(await readHome(this.#options.ctx, viewer, { limit: PAGE }))
    this.#judge(viewer, ids, from, this.#history.now())
  }

  /** Somewhere else than at home. */
  async #look(viewer: Actor, author: Actor): Promise<void> {
    const { ctx } = this.#options
    const from = this.#history.now()
    const place = this.#draw<Place>(["public", "profile", "post"])
    const ids =
      place === "public"
        ? idsOf(await readPublic(ctx, viewer, { limit: PAGE }))
        : place === "profile"
          ? idsOf(await listAccountPosts(ctx, viewer, author.accountId, { limit: PAGE }))
          : await this.#lookAtOne(viewer)
    const to = this.#history.now()
    const shown = new Set(ids)
    for (const made of this.#made) {
      if (shown.has(made.id) && !this.#couldBe(viewer, made, from, to, place)) {
        this.wrong.push(`${viewer.accountId} saw ${made.id} of ${made.author} at ${place}`)
      }
    }
  }

  async #lookAtOne(viewer: Actor): Promise<string[]> {
    if (this.#made.length === 0) return []
    const { id } = this.#draw(this.#made)
    return getPost(this.#options.ctx, viewer, id).then(
      () => [id],
      () => [],
    )
  }

  /** Whether a post may have been in a place between two ticks. */
  #couldBe({ accountId }: Actor, { id, author, visibility }: Made, from: number, to: number, place: Place) {
    if (!this.#history.could(`alive ${id}`, from, to)) return false
    if (place === "public" && visibility !== "public") return false
    if (visibility === "direct") return false
    if (visibility === "private" && !this.#history.could(`${accountId}>${author}`, from, to)) return false
    const where = place === "public" ? "timeline" : "profile"
    return this.#standings.couldSee(accountId, author, from, to, where)
  }

  #judge(viewer: Actor, ids: readonly string[], from: number, to: number): void {
    const shown = new Set(ids)
    const oldest = BigInt(ids.at(-1) ?? 2n ** 63n)
    for (const { id, author, visibility } of this.#made) {
      const isMeant = visibility !== "direct"
      const may =
        isMeant &&
        [`${viewer.accountId}>${author}`, `alive ${id}`].every((fact) =>
          this.#history.could(fact, from, to),
        ) &&
        this.#standings.couldSee(viewer.accountId, author, from, to, "timeline")
      const must =
        isMeant &&
        [`alive ${id}`, `told ${id}`].every((fact) => this.#history.must(fact, from, to)) &&
        this.#standings.mustSee(viewer.accountId, author, from, to)
      if (shown.has(id) && !may) this.wrong.push(`${viewer.accountId} saw ${id} of ${author}`)
      if (!shown.has(id) && must && BigInt(id) > oldest) this.wrong.push(`${viewer.accountId} missed ${id}`)
    }
  }

  async #viewerTurns(viewer: Actor, turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      const what = this.#options.random()
      const author = this.#draw(this.#options.authors)
      if (what < 0.45) await this.#read(viewer)
      else if (what < 0.65) await this.#look(viewer, author)
      else if (what < 0.82) await this.#follow(viewer, author)
      else if (what < 0.89) await this.#standings.mute(viewer, author.accountId)
      else if (what < 0.95) await this.#block(viewer, author, false)
      else await this.#options.evict()
    }
  }

  async #authorTurns(author: Actor, turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn++) {
      const what = this.#options.random()
      if (what < 0.65) await this.#post(author)
      else if (what < 0.9) await this.#delete(author)
      else await this.#block(this.#draw(this.#options.viewers), author, true)
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
      await this.#checkOrder(viewer)
    }
  }

  /** A warm list is in order and holds nothing twice. */
  async #checkOrder({ accountId }: Actor): Promise<void> {
    const { entries = [] } = (await this.#options.ctx.warmLists.home.read(accountId)) ?? {}
    const right = [...new Set(entries)].sort().reverse()
    if (entries.join() !== right.join()) this.wrong.push(`the list of ${accountId}: ${entries.join()}`)
  }

  async #compareAll(viewer: Actor): Promise<void> {
    const now = this.#history.now()
    const right = this.#made
      .filter(({ id, author, visibility }) => {
        const isThere = visibility !== "direct" && this.#history.must(`alive ${id}`, now, now)
        return isThere && this.#standings.mustSee(viewer.accountId, author, now, now)
      })
      .map(({ id }) => id)
      .sort((one, other) => Number(BigInt(other) - BigInt(one)))
    const found: string[] = []
    for (let before: string | undefined; found.length <= this.#made.length; ) {
      const paging = { limit: PAGE, ...(before && { max_id: before }) }
      const page = await readHome(this.#options.ctx, viewer, paging)
      found.push(...idsOf(page))
      if (!page.oldest) break
      before = page.oldest
    }
    if (found.join() !== right.join()) {
      const missing = right.filter((id) => !found.includes(id))
      const stray = found.filter((id) => !right.includes(id))
      this.wrong.push(`${viewer.accountId} at rest: missing ${missing.join()}, too many ${stray.join()}`)
    }
  }
}
