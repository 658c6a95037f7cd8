import type { Status } from "@tintype/contract"
import { api } from "../api.ts"
import { report } from "../shell/toasts.tsx"
import type { Shelf } from "./shelf.ts"

type Call = (call: { params: { id: string } }) => Promise<{ body: Status }>

/** The last change of each post that the server has not answered yet. */
const underWay = new Map<string, Promise<void>>()

/** The post as it looks when its like is given or taken back. */
export function withLike(post: Status, liked: boolean): Status {
  if ((post.favourited ?? false) === liked) return post
  const count = Math.max(0, post.favourites_count + (liked ? 1 : -1))
  return { ...post, favourited: liked, favourites_count: count }
}

/**
 * Changes a post at once on the screen, then at the server; undone when the server refuses. Changes of one post go
 * one after the other, and the answer to the last one is what stays.
 */
async function change(post: Status, shelf: Shelf, changed: Status, call: Call): Promise<void> {
  const { id } = post
  const before = underWay.get(id)
  const isLast = () => underWay.get(id) === turn
  const take = async () => {
    await before
    try {
      const { body } = await call({ params: { id } })
      if (isLast()) shelf.replace(body)
    } catch (error) {
      if (isLast()) shelf.replace(post)
      report(error)
    } finally {
      if (isLast()) underWay.delete(id)
    }
  }
  const turn = take()
  underWay.set(id, turn)
  shelf.replace(changed)
  await turn
}

/** Likes, or no longer likes. */
export function toggleLike(post: Status, shelf: Shelf): Promise<void> {
  const liked = !post.favourited
  return change(post, shelf, withLike(post, liked), liked ? api.favouriteStatus : api.unfavouriteStatus)
}

/** Keeps for later, or no longer keeps. */
export function toggleBookmark(post: Status, shelf: Shelf): Promise<void> {
  const bookmarked = !post.bookmarked
  const call = bookmarked ? api.bookmarkStatus : api.unbookmarkStatus
  return change(post, shelf, { ...post, bookmarked }, call)
}
