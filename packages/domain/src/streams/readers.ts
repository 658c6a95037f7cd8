import type { AccountId } from "@tintype/db"

/** A feed that somebody looks at, and whose posts belong on it. */
export interface Reader<Subscription> {
  readonly viewerId: AccountId
  readonly subscriptions: Set<Subscription>
}

interface Entry<Subscription> extends Reader<Subscription> {
  /** Null while they are being read, or when there are too many to keep: then any author may be one. */
  authors: Set<AccountId> | null
  /** What changed while they were being read. */
  changes: Map<AccountId, boolean> | undefined
}

/** Authors whose readers are known by name; of those who follow more, every post is looked at. */
export const MOST_AUTHORS = 2_000

/**
 * Which open feeds a post may belong on, by its author. It may name too many, never too few: whether a post is
 * shown is decided on the rows.
 */
export class Readers<Subscription> {
  readonly #byViewer = new Map<AccountId, Entry<Subscription>>()
  readonly #byAuthor = new Map<AccountId, Set<Entry<Subscription>>>()
  readonly #ofAnybody = new Set<Entry<Subscription>>()
  readonly #load: (viewerId: AccountId, most: number) => Promise<readonly AccountId[]>

  /** @param load whom a viewer follows, at most so many */
  constructor(load: (viewerId: AccountId, most: number) => Promise<readonly AccountId[]>) {
    this.#load = load
  }

  /** From the moment of the call on every post is found: by looking at all, until it is known who the authors are. */
  async add(viewerId: AccountId, subscription: Subscription): Promise<void> {
    const known = this.#byViewer.get(viewerId)
    if (known) {
      known.subscriptions.add(subscription)
      return
    }
    const entry: Entry<Subscription> = {
      viewerId,
      subscriptions: new Set([subscription]),
      authors: null,
      changes: new Map(),
    }
    this.#byViewer.set(viewerId, entry)
    this.#ofAnybody.add(entry)
    const authors = await this.#load(viewerId, MOST_AUTHORS + 1).catch(() => null)
    const changes = entry.changes ?? []
    entry.changes = undefined
    if (!authors || authors.length > MOST_AUTHORS || this.#byViewer.get(viewerId) !== entry) return
    entry.authors = new Set()
    for (const author of authors) this.#note(entry, author, true)
    for (const [author, following] of changes) this.#note(entry, author, following)
    this.#ofAnybody.delete(entry)
  }

  remove(viewerId: AccountId, subscription: Subscription): void {
    const entry = this.#byViewer.get(viewerId)
    if (!entry?.subscriptions.delete(subscription) || entry.subscriptions.size > 0) return
    this.#byViewer.delete(viewerId)
    this.#ofAnybody.delete(entry)
    for (const author of entry.authors ?? []) this.#forget(entry, author)
  }

  follow(viewerId: AccountId, author: AccountId, following: boolean): void {
    const entry = this.#byViewer.get(viewerId)
    entry?.changes?.set(author, following)
    if (entry?.authors) this.#note(entry, author, following)
  }

  /** Who may have a post of this author on their feed: its author, too. */
  of(author: AccountId): Reader<Subscription>[] {
    const own = this.#byViewer.get(author)
    const found = new Set([...(this.#byAuthor.get(author) ?? []), ...this.#ofAnybody])
    if (own) found.add(own)
    return [...found]
  }

  #note(entry: Entry<Subscription>, author: AccountId, following: boolean): void {
    if (!following) {
      this.#forget(entry, author)
      return
    }
    entry.authors?.add(author)
    const readers = this.#byAuthor.get(author)
    if (readers) readers.add(entry)
    else this.#byAuthor.set(author, new Set([entry]))
  }

  #forget(entry: Entry<Subscription>, author: AccountId): void {
    entry.authors?.delete(author)
    const readers = this.#byAuthor.get(author)
    readers?.delete(entry)
    if (readers?.size === 0) this.#byAuthor.delete(author)
  }
}
