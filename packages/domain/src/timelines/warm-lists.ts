import type { AccountId } from "@tintype/db"

/** Posts that a warm timeline holds; what lies deeper is read from Postgres. */
export const WARM_POSTS = 400

/** How long after it was built a list is built anew. */
export const WARM_MS = 14 * 24 * 3600 * 1000

/** The number is that of the list's form. */
export const homeList = (viewerId: AccountId) => `home.3:${viewerId}`

/** The newest posts of an author, which readers merge. */
export const newestList = (authorId: AccountId) => `newest.1:${authorId}`

/** Whom a member follows of the authors who are merged. */
export const mergedList = (viewerId: AccountId) => `merged.1:${viewerId}`
