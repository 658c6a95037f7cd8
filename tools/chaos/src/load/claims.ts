/** What members and producers were told, and so may rely on. What nobody was told of may be or not be. */
export interface Claims {
  /** By id. */
  uploads: Map<string, { ownerId: string; sha256: string; poison: boolean }>
  /** By id; a post's key is its caption too. */
  posts: Map<string, { ownerId: string; key: string; mediaId: string }>
  /** Every key that was ever sent. */
  keys: Set<string>
  /** Posts that are gone. */
  deleted: Set<string>
  /** `account post`: whether it likes it. */
  likes: Map<string, boolean>
  /** `follower followee` */
  follows: Map<string, boolean>
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
  keys: new Set(),
  deleted: new Set(),
  likes: new Map(),
  follows: new Map(),
  jobs: new Map(),
  counts: new Map(),
  oddities: [],
})

export function count({ counts }: Claims, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}
