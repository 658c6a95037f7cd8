import type { CacheKey, Versioned } from "@tintype/cache"

/**
 * What an answer shows, as it says in `Surrogate-Key`: an account (also as the author of a post), a post, all posts
 * of an account, the members who wish to be found.
 */
export const surrogateKeys = {
  account: (id: string) => `account-${id}`,
  post: (id: string) => `post-${id}`,
  postsOf: (accountId: string) => `posts-${accountId}`,
  directory: () => "directory",
} as const

/** What must be purged at the gateways when a cached row changes: nothing for rows that no stranger ever sees. */
export function surrogateKeysOf(key: CacheKey<unknown>, next: Versioned<unknown>): string[] {
  if (!("kind" in key && "idText" in key && typeof key.idText === "string")) return []
  if (key.kind === "account") return [surrogateKeys.account(key.idText), surrogateKeys.directory()]
  if (key.kind !== "post") return []
  const ownerId = ownerOf(next.value)
  return [surrogateKeys.post(key.idText), ...(ownerId === undefined ? [] : [surrogateKeys.postsOf(ownerId)])]
}

/** A post that is gone has none: who deletes it changes its author's row as well. */
function ownerOf(card: unknown): string | undefined {
  if (typeof card !== "object" || card === null || !("ownerId" in card)) return undefined
  return typeof card.ownerId === "string" ? card.ownerId : undefined
}
