/** What members and producers were told, and so may rely on. What nobody was told of may be or not be. */
export interface Claims {
  /** By id. */
  uploads: Map<string, { ownerId: string; sha256: string; poison: boolean }>
  /** By id; a post's key is what its caption begins with, and all of it until it is edited. */
  posts: Map<string, { ownerId: string; key: string; caption: string; mediaId: string }>
  /** By id, as posts. */
  comments: Map<string, { ownerId: string; key: string; caption: string; parentId: string }>
  /** Every key that was ever sent. */
  keys: Set<string>
  /** Posts and comments that are gone. */
  deleted: Set<string>
  /** `account post`: whether it likes it. */
  likes: Map<string, boolean>
  /** `follower followee` */
  follows: Map<string, boolean>
  /** `who whom` */
  blocks: Map<string, boolean>
  /** Both ids, in their order, of members of whom one ever tried to block the other. */
  apart: Set<string>
  /** Members who have left, or are about to. */
  gone: Set<string>
  /** Jobs of the harness's own, by id: their name. */
  jobs: Map<string, string>
  /** Operations, by what became of them. */
  counts: Map<string, number>
  /** Answers that no fault explains. */
  oddities: string[]
}

export const noClaims = (): Claims => ({
  uploads: new Map(),
  posts: new Map(),
  comments: new Map(),
  keys: new Set(),
  deleted: new Set(),
  likes: new Map(),
  follows: new Map(),
  blocks: new Map(),
  apart: new Set(),
  gone: new Set(),
  jobs: new Map(),
  counts: new Map(),
  oddities: [],
})

export function count({ counts }: Claims, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}
