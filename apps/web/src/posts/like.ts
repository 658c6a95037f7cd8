import type { Status } from "@tintype/contract"
import { api } from "../api.ts"
import { report } from "../shell/toasts.tsx"
import type { Shelf } from "./shelf.ts"

const underWay = new Set<string>()

/** The post as it looks when its like is given or taken back. */
export function withLike(post: Status, liked: boolean): Status {
  if ((post.favourited ?? false) === liked) return post
  const count = Math.max(0, post.favourites_count + (liked ? 1 : -1))
  return { ...post, favourited: liked, favourites_count: count }
}

/** Likes or unlikes at once on the screen, then at the server; undone when the server refuses. */
export async function toggleLike(post: Status, shelf: Shelf): Promise<void> {
  if (underWay.has(post.id)) return
  underWay.add(post.id)
  const liked = !post.favourited
  shelf.replace(withLike(post, liked))
  try {
    const call = liked ? api.favouriteStatus : api.unfavouriteStatus
    shelf.replace((await call({ params: { id: post.id } })).body)
  } catch (error) {
    shelf.replace(post)
    report(error)
  } finally {
    underWay.delete(post.id)
  }
}
